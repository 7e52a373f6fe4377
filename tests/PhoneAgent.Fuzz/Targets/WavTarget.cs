using PhoneAgent.Audio;

namespace PhoneAgent.Fuzz.Targets;

/// <summary>A file through the WAV reader.</summary>
internal sealed class WavTarget : IFuzzTarget
{
    public string Name => "wav";

    public IReadOnlyList<byte[]> Seeds { get; } = [Build(1, 16, 2), Build(1, 24, 1), Build(3, 32, 1), Build(7, 8, 1), Build(0xFFFE, 16, 1)];

    public bool Run(ReadOnlySpan<byte> input)
    {
        using var stream = new MemoryStream(input.ToArray());
        if (!WavFile.TryRead(stream, out WavFile? wav, out string? error))
            return error is null ? throw new FuzzException("refused without a reason") : false;
        if (wav!.Samples.Length > input.Length || wav.ToMono().Length != wav.FrameCount || wav.Duration < TimeSpan.Zero)
            throw new FuzzException("more samples than bytes");
        return true;
    }

    private static byte[] Build(int tag, int bits, int channels)
    {
        int align = bits / 8 * channels;
        byte[] format = [(byte)tag, (byte)(tag >> 8), (byte)channels, 0, 0x40, 0x1F, 0, 0, 0, 0, 0, 0, (byte)align, 0, (byte)bits, 0, .. tag == 0xFFFE ? (byte[])[22, 0, 16, 0, 0, 0, 0, 0, 1, 0, .. new byte[14]] : []];
        return [.. "RIFF"u8, 0, 0, 0, 0, .. "WAVELIST"u8, 3, 0, 0, 0, 1, 2, 3, 0, .. "fmt "u8, (byte)format.Length, 0, 0, 0, .. format, .. "data"u8, 96, 0, 0, 0, .. new byte[96]];
    }
}
