namespace PhoneAgent.Audio;

/// <summary>
/// ITU-T G.711 µ-law and A-law, by tables. Linear samples are 16-bit: µ-law uses the upper 14 bits, A-law the upper 13.
/// Source and destination may not overlap. Destinations must be at least as long as the source. Thread-safe.
/// </summary>
public static class G711
{
    /// <summary>The code of a zero sample, what silence is sent as.</summary>
    public const byte MuLawSilence = 0xFF;
    public const byte ALawSilence = 0xD5;

    // Encoders are indexed by the sample's upper 14 (µ) or 13 (A) bits: 16 and 8 KiB, which stay in the first-level cache.
    private static readonly short[] MuLawToLinear = BuildDecoder(DecodeMuLaw);
    private static readonly short[] ALawToLinear = BuildDecoder(DecodeALaw);
    private static readonly byte[] LinearToMuLaw = BuildEncoder(2, EncodeMuLaw);
    private static readonly byte[] LinearToALaw = BuildEncoder(3, EncodeALaw);

    public static void MuLawDecode(ReadOnlySpan<byte> source, Span<short> destination) => Decode(MuLawToLinear, source, destination);

    public static void ALawDecode(ReadOnlySpan<byte> source, Span<short> destination) => Decode(ALawToLinear, source, destination);

    public static void MuLawEncode(ReadOnlySpan<short> source, Span<byte> destination)
    {
        destination = destination[..source.Length];
        byte[] table = LinearToMuLaw;
        for (int i = 0; i < source.Length; i++)
            destination[i] = table[(source[i] >> 2) + 0x2000];
    }

    public static void ALawEncode(ReadOnlySpan<short> source, Span<byte> destination)
    {
        destination = destination[..source.Length];
        byte[] table = LinearToALaw;
        for (int i = 0; i < source.Length; i++)
            destination[i] = table[(source[i] >> 3) + 0x1000];
    }

    private static void Decode(short[] table, ReadOnlySpan<byte> source, Span<short> destination)
    {
        destination = destination[..source.Length];
        for (int i = 0; i < source.Length; i++)
            destination[i] = table[source[i]];
    }

    private static short[] BuildDecoder(Func<byte, short> decode)
    {
        var table = new short[256];
        for (int code = 0; code < 256; code++)
            table[code] = decode((byte)code);
        return table;
    }

    private static byte[] BuildEncoder(int droppedBits, Func<int, byte> encode)
    {
        var table = new byte[0x10000 >> droppedBits];
        for (int i = 0; i < table.Length; i++)
            table[i] = encode((i - table.Length / 2) << droppedBits);
        return table;
    }

    // G.711 table 2: codes are sent inverted; a bias of 33 (of 14 bits) makes every segment start at a power of two.
    private static short DecodeMuLaw(byte code)
    {
        int inverted = ~code;
        int segment = (inverted >> 4) & 7;
        int magnitude = ((((inverted & 0x0F) << 1) + 33) << segment) - 33;
        return (short)((inverted & 0x80) != 0 ? -magnitude << 2 : magnitude << 2);
    }

    private static byte EncodeMuLaw(int linear)
    {
        const int Bias = 33;
        const int Clip = 8158;
        int value = linear >> 2;
        int sign = value < 0 ? 0x80 : 0;
        // Negative values are one's complemented, so that -1 and 0 are equally far from the decision value.
        int magnitude = Math.Min(value < 0 ? ~value : value, Clip) + Bias;
        int segment = System.Numerics.BitOperations.Log2((uint)magnitude) - 5;
        int code = sign | (segment << 4) | ((magnitude >> (segment + 1)) & 0x0F);
        return (byte)~code;
    }

    // G.711 table 1: even bits are inverted (0x55), and the sign bit is set for positive values.
    private static short DecodeALaw(byte code)
    {
        int value = code ^ 0x55;
        int segment = (value >> 4) & 7;
        int magnitude = ((value & 0x0F) << 1) + 1;
        if (segment > 0)
            magnitude = (magnitude + 32) << (segment - 1);
        return (short)((value & 0x80) != 0 ? magnitude << 3 : -magnitude << 3);
    }

    private static byte EncodeALaw(int linear)
    {
        int value = linear >> 3;
        int sign = value < 0 ? 0 : 0x80;
        int magnitude = value < 0 ? ~value : value;
        int segment = magnitude < 32 ? 0 : System.Numerics.BitOperations.Log2((uint)magnitude) - 4;
        int step = segment < 2 ? magnitude >> 1 : magnitude >> segment;
        return (byte)((sign | (segment << 4) | (step & 0x0F)) ^ 0x55);
    }
}
