namespace PhoneAgent.Audio;

/// <summary>ITU-T G.711, both laws, by tables that are made once from the standard's segment arithmetic.</summary>
public static class G711
{
    private static readonly short[] MuLaw = MakeDecoder(DecodeMuLaw);
    private static readonly short[] ALaw = MakeDecoder(DecodeALaw);
    private static readonly byte[] ToMuLaw = MakeEncoder(EncodeMuLaw);
    private static readonly byte[] ToALaw = MakeEncoder(EncodeALaw);

    /// <summary>µ-law bytes to 16-bit samples, one each. The destination holds at least as many.</summary>
    public static void DecodeMu(ReadOnlySpan<byte> encoded, Span<short> pcm) => Decode(MuLaw, encoded, pcm);

    /// <summary>A-law bytes to 16-bit samples, one each. The destination holds at least as many.</summary>
    public static void DecodeA(ReadOnlySpan<byte> encoded, Span<short> pcm) => Decode(ALaw, encoded, pcm);

    /// <summary>16-bit samples to µ-law bytes, one each. The destination holds at least as many.</summary>
    public static void EncodeMu(ReadOnlySpan<short> pcm, Span<byte> encoded) => Encode(ToMuLaw, pcm, encoded);

    /// <summary>16-bit samples to A-law bytes, one each. The destination holds at least as many.</summary>
    public static void EncodeA(ReadOnlySpan<short> pcm, Span<byte> encoded) => Encode(ToALaw, pcm, encoded);

    private static void Decode(short[] table, ReadOnlySpan<byte> encoded, Span<short> pcm)
    {
        pcm = pcm[..encoded.Length];
        for (var i = 0; i < encoded.Length; i++)
            pcm[i] = table[encoded[i]];
    }

    /// <summary>The tables are indexed by the upper 14 bits: neither law resolves more.</summary>
    private static void Encode(byte[] table, ReadOnlySpan<short> pcm, Span<byte> encoded)
    {
        encoded = encoded[..pcm.Length];
        for (var i = 0; i < pcm.Length; i++)
            encoded[i] = table[(ushort)pcm[i] >> 2];
    }

    private static short[] MakeDecoder(Func<byte, short> decode)
    {
        var table = new short[256];
        for (var i = 0; i < 256; i++)
            table[i] = decode((byte)i);
        return table;
    }

    private static byte[] MakeEncoder(Func<short, byte> encode)
    {
        var table = new byte[1 << 14];
        for (var i = 0; i < table.Length; i++)
            table[i] = encode((short)(i << 2));
        return table;
    }

    private static short DecodeMuLaw(byte code)
    {
        code = (byte)~code;
        var magnitude = ((((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84;
        return (short)((code & 0x80) != 0 ? -magnitude : magnitude);
    }

    private static byte EncodeMuLaw(short sample)
    {
        var sign = sample < 0 ? 0x80 : 0;
        var magnitude = Math.Min(sample < 0 ? -(sample + 1) + 1 : sample, 32635) + 0x84;
        var segment = Math.Max(0, 24 - System.Numerics.BitOperations.LeadingZeroCount((uint)magnitude));
        segment = Math.Clamp(segment, 0, 7);
        return (byte)~(sign | (segment << 4) | ((magnitude >> (segment + 3)) & 0x0F));
    }

    private static short DecodeALaw(byte code)
    {
        code ^= 0x55;
        var segment = (code & 0x70) >> 4;
        var magnitude = ((code & 0x0F) << 4) + 8;
        if (segment > 0)
            magnitude = (magnitude + 0x100) << (segment - 1);
        return (short)((code & 0x80) != 0 ? magnitude : -magnitude);
    }

    private static byte EncodeALaw(short sample)
    {
        var sign = sample >= 0 ? 0x80 : 0;
        var magnitude = sample >= 0 ? sample : -(sample + 1);
        var segment = Math.Max(0, 24 - System.Numerics.BitOperations.LeadingZeroCount((uint)magnitude));
        var code = segment == 0 ? magnitude >> 4 : (segment << 4) | ((magnitude >> (segment + 3)) & 0x0F);
        return (byte)((sign | code) ^ 0x55);
    }
}
