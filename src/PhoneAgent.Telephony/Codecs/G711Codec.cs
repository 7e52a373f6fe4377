using PhoneAgent.Audio;

namespace PhoneAgent.Telephony.Codecs;

/// <summary>G.711 in either law (RFC 3551 §4.5.14): a byte a sample at 8 kHz.</summary>
public sealed class G711Codec : IAudioCodec
{
    private readonly bool _isMu;

    private G711Codec(string encoding, int payloadType, bool isMu)
    {
        Encoding = encoding;
        PayloadType = payloadType;
        _isMu = isMu;
    }

    public static G711Codec Pcmu { get; } = new("PCMU", 0, isMu: true);

    public static G711Codec Pcma { get; } = new("PCMA", 8, isMu: false);

    public string Encoding { get; }
    public int ClockRate => 8000;
    public int Channels => 1;
    public int SampleRate => 8000;
    public int PayloadType { get; }
    public string? Fmtp => null;

    public int FitPacket(int ptimeMs) => ptimeMs;

    public int DurationOf(ReadOnlySpan<byte> payload) => payload.Length;

    public bool HoldsPrevious(ReadOnlySpan<byte> payload) => false;

    /// <summary>The same object for all calls: G.711 has no state.</summary>
    public IAudioEncoder CreateEncoder(string? peerFmtp) => _isMu ? Coder.Mu : Coder.A;

    /// <inheritdoc cref="CreateEncoder"/>
    public IAudioDecoder CreateDecoder() => _isMu ? Coder.Mu : Coder.A;

    private sealed class Coder(bool isMu) : IAudioEncoder, IAudioDecoder
    {
        public static readonly Coder Mu = new(isMu: true);
        public static readonly Coder A = new(isMu: false);

        public int Encode(ReadOnlySpan<short> pcm, Span<byte> payload)
        {
            if (isMu)
                G711.MuLawEncode(pcm, payload);
            else
                G711.ALawEncode(pcm, payload);
            return pcm.Length;
        }

        /// <summary>G.711 sends nothing twice.</summary>
        public void ExpectLoss(double fraction)
        {
        }

        public int Decode(ReadOnlySpan<byte> payload, Span<short> pcm)
        {
            if (payload.Length > pcm.Length)
                payload = payload[..pcm.Length];
            if (isMu)
                G711.MuLawDecode(payload, pcm);
            else
                G711.ALawDecode(payload, pcm);
            return payload.Length;
        }

        public int Conceal(ReadOnlySpan<byte> following, Span<short> pcm) => 0;

        public void Dispose()
        {
        }
    }
}
