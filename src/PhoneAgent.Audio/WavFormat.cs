using System.Buffers.Binary;

namespace PhoneAgent.Audio;

/// <summary>What a WAV file's format chunk says, and how its samples become 16-bit ones.</summary>
internal sealed record WavFormat(int SampleRate, int Channels, WavEncoding Encoding)
{
    private const ushort Pcm = 1;
    private const ushort Float = 3;
    private const ushort ALaw = 6;
    private const ushort MuLaw = 7;
    private const ushort Extensible = 0xFFFE;

    public int BytesPerSample => Encoding switch
    {
        WavEncoding.Pcm16 => 2,
        WavEncoding.Pcm24 => 3,
        WavEncoding.Pcm32 or WavEncoding.Float32 => 4,
        WavEncoding.Float64 => 8,
        _ => 1,
    };

    public static bool TryParse(ReadOnlySpan<byte> chunk, out WavFormat? format, out string? error)
    {
        format = null;
        ushort tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk);
        int channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]);
        uint rate = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
        int align = BinaryPrimitives.ReadUInt16LittleEndian(chunk[12..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]);
        // The tag proper is the start of the sub-format's GUID.
        if (tag == Extensible && chunk.Length >= 26)
            tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk[24..]);

        WavEncoding? encoding = (tag, bits) switch
        {
            (Pcm, 8) => WavEncoding.Pcm8,
            (Pcm, 16) => WavEncoding.Pcm16,
            (Pcm, 24) => WavEncoding.Pcm24,
            (Pcm, 32) => WavEncoding.Pcm32,
            (Float, 32) => WavEncoding.Float32,
            (Float, 64) => WavEncoding.Float64,
            (MuLaw, 8) => WavEncoding.MuLaw,
            (ALaw, 8) => WavEncoding.ALaw,
            _ => null,
        };
        if (encoding is null)
            error = $"its format {tag} with {bits} bits is not supported: convert it to 16-bit PCM";
        else if (channels is 0 or > WavFile.MaxChannels)
            error = $"it has {channels} channels; 1 to {WavFile.MaxChannels} are read";
        else if (rate is < 1000 or > 384_000)
            error = $"its sample rate of {rate} Hz is out of range (1,000 to 384,000)";
        else
        {
            format = new WavFormat((int)rate, channels, encoding.Value);
            int expected = format.BytesPerSample * channels;
            error = align == expected ? null : $"its block of {align} bytes should be {expected} for {channels} channels of {bits} bits";
        }
        return error is null;
    }

    /// <summary>Decodes as many samples as <paramref name="samples"/> holds.</summary>
    public void Decode(ReadOnlySpan<byte> bytes, Span<short> samples)
    {
        switch (Encoding)
        {
            case WavEncoding.MuLaw:
                G711.MuLawDecode(bytes[..samples.Length], samples);
                return;
            case WavEncoding.ALaw:
                G711.ALawDecode(bytes[..samples.Length], samples);
                return;
        }
        int width = BytesPerSample;
        for (int i = 0; i < samples.Length; i++)
        {
            ReadOnlySpan<byte> at = bytes.Slice(i * width, width);
            samples[i] = Encoding switch
            {
                WavEncoding.Pcm8 => (short)((at[0] - 128) << 8),
                WavEncoding.Pcm16 => BinaryPrimitives.ReadInt16LittleEndian(at),
                // The upper 16 bits; what is cut off is 98 dB below.
                WavEncoding.Pcm24 => BinaryPrimitives.ReadInt16LittleEndian(at[1..]),
                WavEncoding.Pcm32 => BinaryPrimitives.ReadInt16LittleEndian(at[2..]),
                WavEncoding.Float32 => FromUnit(BinaryPrimitives.ReadSingleLittleEndian(at)),
                _ => FromUnit(BinaryPrimitives.ReadDoubleLittleEndian(at)),
            };
        }
    }

    // NaN becomes 0.
    private static short FromUnit(double value) =>
        double.IsNaN(value) ? (short)0 : (short)Math.Clamp(Math.Round(value * 32768), short.MinValue, short.MaxValue);
}

internal enum WavEncoding
{
    Pcm8,
    Pcm16,
    Pcm24,
    Pcm32,
    Float32,
    Float64,
    MuLaw,
    ALaw,
}
