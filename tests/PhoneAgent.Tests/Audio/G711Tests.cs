using PhoneAgent.Audio;
using Xunit;

namespace PhoneAgent.Tests.Audio;

public class G711Tests
{
    [Fact]
    public void Mu_law_decodes_every_code_to_the_value_of_the_table()
    {
        for (int code = 0; code < 256; code++)
        {
            int inverted = ~code & 0xFF;
            int segment = (inverted >> 4) & 7;
            int step = inverted & 15;
            // Table 2a: segment s has 16 steps of 2·2^s beginning at 33·2^s − 33 (14-bit scale).
            int magnitude = (33 + 2 * step) * (1 << segment) - 33;
            Assert.Equal((inverted & 0x80) != 0 ? -magnitude * 4 : magnitude * 4, DecodeMu((byte)code));
        }
        Assert.Equal(-32124, DecodeMu(0x00));
        Assert.Equal(32124, DecodeMu(0x80));
        Assert.Equal(0, DecodeMu(0xFF));
        Assert.Equal(0, DecodeMu(0x7F));
    }

    [Fact]
    public void A_law_decodes_every_code_to_the_value_of_the_table()
    {
        for (int code = 0; code < 256; code++)
        {
            int value = code ^ 0x55;
            int segment = (value >> 4) & 7;
            int step = value & 15;
            // Table 1a: two segments of steps of 2, then each doubles (13-bit scale).
            int magnitude = segment == 0 ? 2 * step + 1 : (2 * step + 33) * (1 << (segment - 1));
            Assert.Equal((value & 0x80) != 0 ? magnitude * 8 : -magnitude * 8, DecodeA((byte)code));
        }
        Assert.Equal(-32256, DecodeA(0x2A));
        Assert.Equal(32256, DecodeA(0xAA));
    }

    [Fact]
    public void Every_sample_comes_back_within_half_a_step_of_its_segment()
    {
        for (int s = short.MinValue; s <= short.MaxValue; s++)
        {
            // Of the 16 bits the laws use 14 and 13: what is cut off adds to the error. Beyond ±32635 µ-law is full.
            byte mu = EncodeMu((short)s);
            int muStep = 8 << ((~mu >> 4) & 7);
            int muFull = Math.Max(0, Math.Abs(s) - 32635);
            Assert.InRange(Math.Abs(DecodeMu(mu) - s), 0, muStep / 2 + 3 + muFull);
            byte a = EncodeA((short)s);
            int aStep = 16 << Math.Max(0, (((a ^ 0x55) >> 4) & 7) - 1);
            Assert.InRange(Math.Abs(DecodeA(a) - s), 0, aStep / 2 + 7);
        }
    }

    [Fact]
    public void Encoding_matches_the_bitwise_search_of_the_reference()
    {
        for (int s = short.MinValue; s <= short.MaxValue; s++)
        {
            Assert.Equal(ReferenceMu(s), EncodeMu((short)s));
            Assert.Equal(ReferenceA(s), EncodeA((short)s));
        }
    }

    [Fact]
    public void Codes_survive_a_round_trip()
    {
        for (int code = 0; code < 256; code++)
        {
            // µ-law has two zeros; the negative one (0x7F) becomes the positive.
            Assert.Equal(code == 0x7F ? 0xFF : code, EncodeMu(DecodeMu((byte)code)));
            Assert.Equal(code, EncodeA(DecodeA((byte)code)));
        }
        Assert.Equal(G711.MuLawSilence, EncodeMu(0));
        Assert.Equal(G711.ALawSilence, EncodeA(0));
    }

    private static byte ReferenceMu(int sample)
    {
        int magnitude = Math.Min((sample < 0 ? ~sample : sample) / 4 + 33, 8191);
        int segment = 0;
        for (int limit = 63; magnitude > limit; limit = limit * 2 + 1)
            segment++;
        int code = segment * 16 + (magnitude / (1 << (segment + 1)) - 16);
        return (byte)~(sample < 0 ? code + 128 : code);
    }

    private static byte ReferenceA(int sample)
    {
        int magnitude = (sample < 0 ? ~sample : sample) / 16;
        int segment = 0;
        if (magnitude > 15)
        {
            segment = 1;
            while (magnitude > 31)
            {
                magnitude /= 2;
                segment++;
            }
            magnitude -= 16;
        }
        return (byte)((segment * 16 + magnitude + (sample < 0 ? 0 : 128)) ^ 0x55);
    }

    private static short DecodeMu(byte code)
    {
        short[] sample = new short[1];
        G711.MuLawDecode([code], sample);
        return sample[0];
    }

    private static short DecodeA(byte code)
    {
        short[] sample = new short[1];
        G711.ALawDecode([code], sample);
        return sample[0];
    }

    private static byte EncodeMu(short sample)
    {
        byte[] code = new byte[1];
        G711.MuLawEncode([sample], code);
        return code[0];
    }

    private static byte EncodeA(short sample)
    {
        byte[] code = new byte[1];
        G711.ALawEncode([sample], code);
        return code[0];
    }
}
