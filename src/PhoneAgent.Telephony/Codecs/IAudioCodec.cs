namespace PhoneAgent.Telephony.Codecs;

/// <summary>A codec as SDP names it, and the way to make its two ends for a call. Stateless and shared by all calls.</summary>
public interface IAudioCodec
{
    /// <summary>The encoding name of the rtpmap: PCMU, PCMA, opus.</summary>
    string Encoding { get; }

    /// <summary>The clock of the RTP timestamp, Hz.</summary>
    int ClockRate { get; }

    /// <summary>The channels of the rtpmap (opus says 2 and is used as mono).</summary>
    int Channels { get; }

    /// <summary>Samples per second of the PCM that encoder and decoder take and give, mono: 8000 or 16000.</summary>
    int SampleRate { get; }

    /// <summary>The static payload type (RFC 3551), or the one to propose when it is dynamic.</summary>
    int PayloadType { get; }

    /// <summary>What our own description says in a=fmtp; null for nothing.</summary>
    string? Fmtp { get; }

    /// <summary>The longest packet, ms, that it can make of at most <paramref name="ptimeMs"/> (10–60, a multiple of 10).</summary>
    int FitPacket(int ptimeMs);

    /// <summary>How long the sound in a packet is, in units of <see cref="ClockRate"/>; 0 for a payload that it cannot read.</summary>
    int DurationOf(ReadOnlySpan<byte> payload);

    /// <summary>Whether a packet holds the one before it once more (FEC), for <see cref="IAudioDecoder.Conceal"/>.</summary>
    bool HoldsPrevious(ReadOnlySpan<byte> payload);

    /// <summary>An encoder with its own state for one stream.</summary>
    /// <param name="peerFmtp">What the peer's description says in a=fmtp: what it wants to be sent. It comes from the network.</param>
    IAudioEncoder CreateEncoder(string? peerFmtp);

    /// <summary>A decoder with its own state for one stream.</summary>
    IAudioDecoder CreateDecoder();
}

/// <summary>Makes packets. Used by the media thread only; nothing here allocates or throws.</summary>
public interface IAudioEncoder : IDisposable
{
    /// <summary>
    /// Encodes a packet's worth of mono PCM at the codec's rate, as long as <see cref="IAudioCodec.FitPacket"/> allows. Returns
    /// the bytes written, 0 for a pause that need not be sent (DTX); the caller gives room for the whole packet.
    /// </summary>
    int Encode(ReadOnlySpan<short> pcm, Span<byte> payload);

    /// <summary>What the peer reports to have lost of our packets lately, 0–1: a codec that sends FEC spends on it what that is worth.</summary>
    void ExpectLoss(double fraction);
}

/// <summary>Reads packets in the order of their sequence numbers. Used by the media thread only; nothing here allocates or throws.</summary>
public interface IAudioDecoder : IDisposable
{
    /// <summary>Decodes one packet. Returns the samples written, at most the length of <paramref name="pcm"/>; 0 for a payload it cannot read.</summary>
    int Decode(ReadOnlySpan<byte> payload, Span<short> pcm);

    /// <summary>
    /// Fills <paramref name="pcm"/> in place of a packet that is lost. Returns the samples written; 0 when the codec has no
    /// concealment of its own.
    /// </summary>
    /// <param name="following">The packet right behind the lost one, which may hold it once more (FEC); empty when it is not here.</param>
    int Conceal(ReadOnlySpan<byte> following, Span<short> pcm);
}
