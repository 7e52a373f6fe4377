using Concentus;

namespace PhoneAgent.Telephony.Codecs.Opus.Managed;

internal sealed class ConcentusDecoder(int sampleRate) : IAudioDecoder
{
    private readonly IOpusDecoder _decoder = OpusCodecFactory.CreateDecoder(sampleRate, 1);
    private readonly int _block = sampleRate / 400;

    /// <summary>The package throws for a bad packet, and its tables are indexed by what came from the network.</summary>
    public static bool IsRefusal(Exception exception) =>
        exception is OpusException or ArgumentException or IndexOutOfRangeException or InvalidOperationException;

    public int Decode(ReadOnlySpan<byte> payload, Span<short> pcm) =>
        // Without a byte the package would conceal, which nobody asked for here.
        payload.IsEmpty || OpusPacket.DurationOf(payload) == 0 ? 0 : Run(payload, pcm, fec: false);

    public int Conceal(ReadOnlySpan<byte> following, Span<short> pcm) =>
        // The package conceals in steps of 2.5 ms.
        Run(following, pcm[..(pcm.Length - (pcm.Length % _block))], fec: !following.IsEmpty);

    public void Dispose() => _decoder.Dispose();

    private int Run(ReadOnlySpan<byte> packet, Span<short> pcm, bool fec)
    {
        if (pcm.IsEmpty)
            return 0;
        try
        {
            return _decoder.Decode(packet, pcm, pcm.Length, fec);
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            return 0;
        }
    }
}
