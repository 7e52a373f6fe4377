using System.Buffers.Binary;
using PhoneAgent.Audio;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Audio;

public class WavFileTests
{
    private static readonly short[] Ramp = [.. Enumerable.Range(-100, 200).Select(i => (short)(i * 300))];

    [Fact]
    public void What_was_written_reads_back_in_stereo()
    {
        using var stream = new MemoryStream();
        using (var writer = new WavWriter(stream, 16000, 2, leaveOpen: true))
        {
            for (int i = 0; i < 300; i++)
                writer.Write(Ramp, Ramp.AsSpan(0, 200).ToArray().Reverse().ToArray());
            Assert.Equal(300 * 200, writer.FrameCount);
        }
        WavFile wav = Read(stream.ToArray());
        Assert.Equal((16000, 2, 300 * 200), (wav.SampleRate, wav.Channels, wav.FrameCount));
        Assert.Equal(Ramp, wav.Channel(0)[..200]);
        Assert.Equal(Ramp.Reverse(), wav.Channel(1)[^200..]);
        Assert.Equal(TimeSpan.FromSeconds(3.75), wav.Duration);
    }

    [Fact]
    public void A_file_whose_writer_died_holds_all_but_the_last_second()
    {
        using var stream = new MemoryStream();
        var writer = new WavWriter(stream, 8000, 1);
        for (int i = 0; i < 125; i++)
            writer.Write(new short[160]);
        WavFile wav = Read(stream.ToArray());
        Assert.InRange(wav.FrameCount, 20000 - 8000, 20000);
    }

    [Theory]
    [InlineData(1, 8, 1)]
    [InlineData(1, 16, 2)]
    [InlineData(1, 24, 3)]
    [InlineData(1, 32, 4)]
    [InlineData(3, 32, 4)]
    [InlineData(3, 64, 8)]
    public void Every_width_gives_the_same_samples(int tag, int bits, int bytes)
    {
        var data = new byte[Ramp.Length * bytes];
        for (int i = 0; i < Ramp.Length; i++)
        {
            Span<byte> at = data.AsSpan(i * bytes, bytes);
            switch (tag * 100 + bits)
            {
                case 108: at[0] = (byte)((Ramp[i] >> 8) + 128); break;
                case 116: BinaryPrimitives.WriteInt16LittleEndian(at, Ramp[i]); break;
                case 124: BinaryPrimitives.WriteInt16LittleEndian(at[1..], Ramp[i]); break;
                case 132: BinaryPrimitives.WriteInt16LittleEndian(at[2..], Ramp[i]); break;
                case 332: BinaryPrimitives.WriteSingleLittleEndian(at, Ramp[i] / 32768f); break;
                default: BinaryPrimitives.WriteDoubleLittleEndian(at, Ramp[i] / 32768.0); break;
            }
        }
        short[] expected = bits == 8 ? [.. Ramp.Select(s => (short)(s >> 8 << 8))] : Ramp;
        Assert.Equal(expected, Read(Build(tag, bits, 1, 22050, data)).Samples);
        // The same inside WAVE_FORMAT_EXTENSIBLE.
        Assert.Equal(expected, Read(Build(tag, bits, 1, 22050, data, isExtensible: true)).Samples);
    }

    [Fact]
    public void G711_in_a_file_is_decoded()
    {
        byte[] codes = [0x00, 0x80, 0xFF, 0x55];
        var expected = new short[4];
        G711.MuLawDecode(codes, expected);
        Assert.Equal(expected, Read(Build(7, 8, 1, 8000, codes)).Samples);
        G711.ALawDecode(codes, expected);
        Assert.Equal(expected, Read(Build(6, 8, 1, 8000, codes)).Samples);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(0xFFFFFFFFu)]
    [InlineData(1_000_000u)]
    public void A_length_that_was_never_completed_means_to_the_end(uint length)
    {
        byte[] file = Build(1, 16, 1, 8000, new byte[321]);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(file.Length - 321 - 4), length);
        Assert.Equal(160, Read(file).FrameCount);
    }

    [Fact]
    public void Other_chunks_of_any_length_are_skipped()
    {
        byte[] plain = Build(1, 16, 1, 8000, new byte[320]);
        byte[] chunk = [.. "LIST"u8, 3, 0, 0, 0, 1, 2, 3, 0];
        byte[] file = [.. plain[..12], .. chunk, .. plain[12..36], .. chunk, .. plain[36..]];
        Assert.Equal(160, Read(file).FrameCount);
    }

    [Theory]
    [InlineData("OggS", "RIFF")]
    [InlineData("RIFF", "does not begin")]
    public void What_is_not_a_WAV_is_named(string start, string expected)
    {
        AssertRefused(System.Text.Encoding.ASCII.GetBytes(start), expected);
    }

    [Fact]
    public void Formats_out_of_range_are_named()
    {
        AssertRefused(Build(2, 4, 1, 8000, []), "format 2 with 4 bits");
        AssertRefused(Build(1, 16, 0, 8000, []), "0 channels");
        AssertRefused(Build(1, 16, 1, 500, []), "500 Hz");
        AssertRefused(Build(1, 16, 1, 8000, [])[..30], "ends within");
        AssertRefused(Build(1, 16, 1, 8000, [])[..36], "no data");
    }

    [RequiresFact(Shared = "data/speech")]
    public void Every_recording_at_hand_can_be_read()
    {
        foreach (string path in Directory.EnumerateFiles(SharedData.Require("data"), "*.wav", SearchOption.AllDirectories))
        {
            using FileStream stream = File.OpenRead(path);
            Assert.True(WavFile.TryRead(stream, out WavFile? wav, out string? error), $"{path}: {error}");
            Assert.True(wav!.FrameCount > 0, path);
        }
    }

    private static void AssertRefused(byte[] file, string expected)
    {
        Assert.False(WavFile.TryRead(new MemoryStream(file), out _, out string? error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    private static WavFile Read(byte[] file)
    {
        Assert.True(WavFile.TryRead(new MemoryStream(file), out WavFile? wav, out string? error), error);
        return wav!;
    }

    private static byte[] Build(int tag, int bits, int channels, int rate, byte[] data, bool isExtensible = false)
    {
        var format = new byte[isExtensible ? 40 : 16];
        BinaryPrimitives.WriteUInt16LittleEndian(format, (ushort)(isExtensible ? 0xFFFE : tag));
        BinaryPrimitives.WriteUInt16LittleEndian(format.AsSpan(2), (ushort)channels);
        BinaryPrimitives.WriteUInt32LittleEndian(format.AsSpan(4), (uint)rate);
        BinaryPrimitives.WriteUInt16LittleEndian(format.AsSpan(12), (ushort)(bits / 8 * channels));
        BinaryPrimitives.WriteUInt16LittleEndian(format.AsSpan(14), (ushort)bits);
        if (isExtensible)
            BinaryPrimitives.WriteUInt16LittleEndian(format.AsSpan(24), (ushort)tag);
        return [.. "RIFF"u8, 0, 0, 0, 0, .. "WAVEfmt "u8, (byte)format.Length, 0, 0, 0, .. format, .. "data"u8, .. BitConverter.GetBytes(data.Length), .. data];
    }
}
