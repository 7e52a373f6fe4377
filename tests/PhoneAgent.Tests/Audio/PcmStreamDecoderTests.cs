using System.Buffers;
using PhoneAgent.Audio;
using Xunit;

namespace PhoneAgent.Tests.Audio;

public sealed class PcmStreamDecoderTests
{
    private static readonly short[] Samples = [.. Enumerable.Range(0, 300).Select(i => (short)(i * 97 - 12_000))];

    [Fact]
    public void BareSamplesComeOutWhateverTheSplit()
    {
        byte[] bytes = Bytes(Samples);
        for (int size = 1; size < 40; size++)
            Assert.Equal(Samples, Decode(PcmStreamDecoder.ForPcm(24_000), bytes, size));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AWavStreamComesOutWhateverTheSplit(int channels)
    {
        byte[] wav = Wav(channels);
        short[] expected = channels == 1 ? Samples : [.. Samples.Chunk(2).Select(pair => (short)((pair[0] + pair[1]) / 2))];
        for (int size = 1; size < 60; size++)
        {
            PcmStreamDecoder decoder = PcmStreamDecoder.ForWav();
            Assert.Equal(expected, Decode(decoder, wav, size));
            Assert.Equal(22_050, decoder.SampleRate);
        }
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(0xFFFFFFFFu)]
    public void ALengthThatIsNotKnownYetMeansUpToTheEnd(uint length)
    {
        byte[] wav = Wav(1);
        BitConverter.TryWriteBytes(wav.AsSpan(40), length);
        Assert.Equal(Samples, Decode(PcmStreamDecoder.ForWav(), wav, 7));
    }

    [Fact]
    public void WhatFollowsTheDataIsNoSound() =>
        Assert.Equal(Samples, Decode(PcmStreamDecoder.ForWav(), [.. Wav(1), .. "LIST\x04\0\0\0abcd"u8], 33));

    [Fact]
    public void AWavFileInPlaceOfBareSamplesIsKnown()
    {
        PcmStreamDecoder decoder = PcmStreamDecoder.ForPcm(24_000);
        Assert.Equal(Samples, Decode(decoder, Wav(1), 5));
        Assert.Equal(22_050, decoder.SampleRate);
    }

    [Theory]
    [InlineData("ID3 and so on")]
    [InlineData("{\"error\":\"no\"}")]
    [InlineData("RIFF\u0004\u0000\u0000\u0000AVI LIST")]
    [InlineData("RIFF\u0004\u0000\u0000\u0000WAVEdata\u0004\u0000\u0000\u0000abcd")]
    [InlineData("RIFF\u0004\u0000\u0000\u0000WAVEfmt \u0004\u0000\u0000\u0000abcd")]
    [InlineData("RIFF\u0004\u0000\u0000\u0000WAVEjunk\u0000\u0000\u0000\u007f")]
    public void WhatIsNoWavIsSaid(string text)
    {
        PcmStreamDecoder decoder = PcmStreamDecoder.ForWav();
        Assert.False(decoder.TryDecode(System.Text.Encoding.Latin1.GetBytes(text), new ArrayBufferWriter<short>(), out string? error));
        Assert.NotNull(error);
    }

    [Fact]
    public void RandomBytesAndDamagedHeadersNeverThrow()
    {
        var random = new Random(11);
        for (int i = 0; i < 5_000; i++)
        {
            byte[] wav = Wav(1 + i % 2);
            for (int n = random.Next(1, 8); n > 0; n--)
                wav[random.Next(48)] = (byte)random.Next(256);
            Feed(i % 3 == 0 ? PcmStreamDecoder.ForPcm(8_000) : PcmStreamDecoder.ForWav(), wav[..random.Next(wav.Length)], random.Next(1, 100));
        }
    }

    private static void Feed(PcmStreamDecoder decoder, byte[] bytes, int size)
    {
        var samples = new ArrayBufferWriter<short>();
        foreach (byte[] piece in bytes.Chunk(size))
        {
            if (!decoder.TryDecode(piece, samples, out _))
                return;
        }
        Assert.InRange(samples.WrittenCount, 0, bytes.Length);
    }

    private static short[] Decode(PcmStreamDecoder decoder, byte[] bytes, int size)
    {
        var samples = new ArrayBufferWriter<short>();
        foreach (byte[] piece in bytes.Chunk(size))
        {
            Assert.True(decoder.TryDecode(piece, samples, out string? error), error);
            Assert.Null(error);
        }
        return samples.WrittenSpan.ToArray();
    }

    private static byte[] Wav(int channels)
    {
        using var stream = new MemoryStream();
        using (var writer = new WavWriter(stream, 22_050, channels, leaveOpen: true))
            writer.Write(Samples);
        return stream.ToArray();
    }

    private static byte[] Bytes(short[] samples) => [.. samples.SelectMany(BitConverter.GetBytes)];
}
