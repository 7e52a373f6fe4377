namespace PhoneAgent.Telephony.Codecs;

/// <summary>A codec as SDP names it, and the way to make one for a call. Stateless and shared by all calls.</summary>
public interface IAudioCodec
{
    /// <summary>The encoding name of the rtpmap: PCMU, PCMA, opus.</summary>
    string Encoding { get; }

    /// <summary>The clock of the RTP timestamp, Hz.</summary>
    int ClockRate { get; }

    /// <summary>The channels of the rtpmap (opus says 2 and is used as mono).</summary>
    int Channels { get; }

    /// <summary>Samples per second of the PCM that the coder takes and gives, mono.</summary>
    int SampleRate { get; }

    /// <summary>The static payload type (RFC 3551), or the one to propose when it is dynamic.</summary>
    int PayloadType { get; }

    /// <summary>What our own description says in a=fmtp; null for nothing.</summary>
    string? Fmtp { get; }

    /// <summary>A coder with its own state for one call.</summary>
    IAudioCoder Create();
}

/// <summary>One call's encoder and decoder. Used by the media thread only; nothing here allocates or throws.</summary>
public interface IAudioCoder : IDisposable
{
    /// <summary>
    /// Encodes 10–60 ms of mono PCM at the codec's rate. Returns the bytes written; the caller gives room for the whole packet.
    /// </summary>
    int Encode(ReadOnlySpan<short> pcm, Span<byte> payload);

    /// <summary>Decodes one packet. Returns the samples written, at most the length of <paramref name="pcm"/>; 0 for a payload it cannot read.</summary>
    int Decode(ReadOnlySpan<byte> payload, Span<short> pcm);
}
