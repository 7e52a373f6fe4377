using System.Buffers.Binary;

namespace PhoneAgent.Audio;

/// <summary>A recording in memory: 16-bit samples, channels interleaved.</summary>
/// <param name="Samples">Length is a multiple of <paramref name="Channels"/>.</param>
public sealed record WavFile(int SampleRate, int Channels, short[] Samples)
{
    /// <summary>Two hours of 16 kHz stereo are 460 MB; more than this is not a call.</summary>
    public const int MaxDataBytes = 1 << 29;
    public const int MaxChannels = 16;
    private const int MaxFormatBytes = 4096;

    public int FrameCount => Samples.Length / Channels;

    public TimeSpan Duration => TimeSpan.FromSeconds(FrameCount / (double)SampleRate);

    /// <summary>One channel's samples, copied.</summary>
    public short[] Channel(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Channels);
        var samples = new short[FrameCount];
        for (int i = 0; i < samples.Length; i++)
            samples[i] = Samples[i * Channels + index];
        return samples;
    }

    /// <summary>The mean of all channels, copied.</summary>
    public short[] ToMono()
    {
        if (Channels == 1)
            return (short[])Samples.Clone();
        var mono = new short[FrameCount];
        for (int i = 0; i < mono.Length; i++)
        {
            int sum = 0;
            for (int c = 0; c < Channels; c++)
                sum += Samples[i * Channels + c];
            mono[i] = (short)(sum / Channels);
        }
        return mono;
    }

    /// <summary>
    /// Reads RIFF/WAVE: PCM of 8, 16, 24 or 32 bits, float of 32 or 64, µ-law, A-law; any rate from 1 to 384 kHz. Unknown
    /// chunks are skipped. A data length of 0 or 0xFFFFFFFF, as programs write that stream, or one that is longer than the
    /// file, means: up to the end. Reads from the stream's position; need not be able to seek.
    /// </summary>
    /// <param name="error">What is wrong, for a person; null on success. Errors of the stream itself are thrown.</param>
    public static bool TryRead(Stream stream, out WavFile? wav, out string? error)
    {
        ArgumentNullException.ThrowIfNull(stream);
        wav = null;
        Span<byte> header = stackalloc byte[12];
        if (ReadUpTo(stream, header) < 12 || !header[..4].SequenceEqual("RIFF"u8) || !header[8..].SequenceEqual("WAVE"u8))
            return Fail("not a WAV file: it does not begin with RIFF … WAVE", out error);

        WavFormat? format = null;
        Span<byte> chunk = header[..8];
        while (ReadUpTo(stream, chunk) == 8)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (chunk[..4].SequenceEqual("fmt "u8))
            {
                if (length is < 16 or > MaxFormatBytes)
                    return Fail($"its format chunk is {length} bytes long", out error);
                Span<byte> bytes = new byte[length];
                if (ReadUpTo(stream, bytes) < bytes.Length)
                    return Fail("it ends within its format chunk", out error);
                if (!WavFormat.TryParse(bytes, out format, out error))
                    return false;
                Skip(stream, length & 1);
            }
            else if (chunk[..4].SequenceEqual("data"u8))
            {
                if (format is null)
                    return Fail("its data comes before its format", out error);
                return TryReadData(stream, format, length, out wav, out error);
            }
            else if (!Skip(stream, (long)length + (length & 1)))
            {
                break;
            }
        }
        return Fail(format is null ? "it has no format chunk" : "it has no data chunk", out error);
    }

    private static bool TryReadData(Stream stream, WavFormat format, uint length, out WavFile? wav, out string? error)
    {
        wav = null;
        bool isStreamed = length is 0 or > int.MaxValue;
        if (!isStreamed && length > MaxDataBytes && (!stream.CanSeek || stream.Length - stream.Position > MaxDataBytes))
            return Fail($"it holds {length} bytes of audio; at most {MaxDataBytes} are read", out error);
        using var data = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        long left = isStreamed ? long.MaxValue : length;
        while (left > 0)
        {
            int read = stream.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
            if (read == 0)
                break;
            if (data.Length + read > MaxDataBytes)
                return Fail($"it holds more than {MaxDataBytes} bytes of audio", out error);
            data.Write(buffer, 0, read);
            left -= read;
        }
        ReadOnlySpan<byte> bytes = data.GetBuffer().AsSpan(0, (int)data.Length);
        var samples = new short[bytes.Length / (format.BytesPerSample * format.Channels) * format.Channels];
        format.Decode(bytes, samples);
        wav = new WavFile(format.SampleRate, format.Channels, samples);
        error = null;
        return true;
    }

    private static int ReadUpTo(Stream stream, Span<byte> buffer) => stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);

    private static bool Skip(Stream stream, long length)
    {
        if (stream.CanSeek)
        {
            if (length > stream.Length - stream.Position)
                return false;
            stream.Position += length;
            return true;
        }
        Span<byte> scrap = stackalloc byte[512];
        while (length > 0)
        {
            int read = stream.Read(scrap[..(int)Math.Min(scrap.Length, length)]);
            if (read == 0)
                return false;
            length -= read;
        }
        return true;
    }

    private static bool Fail(string reason, out string? error)
    {
        error = reason;
        return false;
    }
}
