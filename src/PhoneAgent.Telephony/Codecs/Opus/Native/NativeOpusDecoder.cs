using System.Runtime.InteropServices;

namespace PhoneAgent.Telephony.Codecs.Opus.Native;

internal sealed unsafe class NativeOpusDecoder : SafeHandle, IAudioDecoder
{
    private readonly LibOpus _library;
    private readonly int _block;

    public NativeOpusDecoder(LibOpus library, int sampleRate)
        : base(0, ownsHandle: true)
    {
        _library = library;
        _block = sampleRate / 400;
        int error;
        SetHandle(library.CreateDecoder(sampleRate, 1, &error));
        if (IsInvalid)
            throw new InvalidOperationException($"{library.Version} makes no decoder for {sampleRate} Hz: error {error}.");
    }

    public override bool IsInvalid => handle == 0;

    public int Decode(ReadOnlySpan<byte> payload, Span<short> pcm) =>
        // Without a byte the library would conceal, which nobody asked for here.
        payload.IsEmpty ? 0 : Run(payload, pcm, fec: false);

    public int Conceal(ReadOnlySpan<byte> following, Span<short> pcm) =>
        // The library conceals in steps of 2.5 ms.
        Run(following, pcm[..(pcm.Length - (pcm.Length % _block))], fec: !following.IsEmpty);

    protected override bool ReleaseHandle()
    {
        _library.DestroyDecoder(handle);
        return true;
    }

    private int Run(ReadOnlySpan<byte> packet, Span<short> pcm, bool fec)
    {
        if (IsClosed || pcm.IsEmpty)
            return 0;
        fixed (byte* bytes = packet)
        fixed (short* samples = pcm)
            return Math.Max(0, _library.Decode(handle, packet.IsEmpty ? null : bytes, packet.Length, samples, pcm.Length, fec ? 1 : 0));
    }
}
