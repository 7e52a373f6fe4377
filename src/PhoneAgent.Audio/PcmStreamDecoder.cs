using System.Buffers;
using System.Buffers.Binary;

namespace PhoneAgent.Audio;

/// <summary>
/// Samples out of bytes that come in pieces of any size: bare 16-bit little-endian PCM, or a WAV stream of any format that
/// <see cref="WavFile"/> reads; several channels become their mean. A stream that begins as a WAV file is taken as one even
/// where PCM was promised. Bytes that make no whole sample wait for more. Not thread-safe.
/// </summary>
public sealed class PcmStreamDecoder
{
    /// <summary>Headers longer than this are no headers.</summary>
    private const int MaxHeaderBytes = 64 * 1024;
    private const int RiffBytes = 12;
    private const int ChunkBytes = 8;

    private readonly bool _mustBeWav;
    private readonly ArrayBufferWriter<byte> _pending = new();
    private WavFormat? _format;
    private State _state;
    private uint _dataLeft = uint.MaxValue;

    private enum State { Beginning, Header, Data, End }

    private PcmStreamDecoder(int sampleRate, bool mustBeWav) => (SampleRate, _mustBeWav) = (sampleRate, mustBeWav);

    /// <param name="sampleRate">In Hz.</param>
    public static PcmStreamDecoder ForPcm(int sampleRate) => new(sampleRate, mustBeWav: false);

    public static PcmStreamDecoder ForWav() => new(0, mustBeWav: true);

    /// <summary>In Hz; sure from the first sample on.</summary>
    public int SampleRate { get; private set; }

    /// <summary>Takes the next bytes and writes the samples that they complete.</summary>
    /// <param name="error">What is wrong, for a person; nothing more can be decoded then.</param>
    public bool TryDecode(ReadOnlySpan<byte> bytes, IBufferWriter<short> samples, out string? error)
    {
        ArgumentNullException.ThrowIfNull(samples);
        error = null;
        if (_state == State.End)
            return true;
        _pending.Write(bytes);
        if (_state == State.Beginning && !Begin(out error))
            return error is null;
        if (_state == State.Header && !ReadHeader(out error))
            return error is null;
        Decode(samples);
        return true;
    }

    /// <summary>Decides what it is by the first four bytes. False: not yet, or it is wrong.</summary>
    private bool Begin(out string? error)
    {
        error = null;
        ReadOnlySpan<byte> bytes = _pending.WrittenSpan;
        bool mayBeWav = bytes[..Math.Min(4, bytes.Length)].SequenceEqual("RIFF"u8[..Math.Min(4, bytes.Length)]);
        if (mayBeWav && bytes.Length < 4)
            return false;
        if (!mayBeWav && _mustBeWav)
            error = "it does not begin with RIFF";
        _state = mayBeWav ? State.Header : State.Data;
        if (!mayBeWav)
            _format = new WavFormat(SampleRate, 1, WavEncoding.Pcm16);
        return error is null;
    }

    /// <summary>Chunks up to the data. False: more bytes are needed, or it is wrong.</summary>
    private bool ReadHeader(out string? error)
    {
        error = null;
        ReadOnlySpan<byte> bytes = _pending.WrittenSpan;
        if (bytes.Length < RiffBytes)
            return false;
        if (!bytes[8..RiffBytes].SequenceEqual("WAVE"u8))
            return Fail("it is a RIFF file but no WAVE", out error);
        for (long at = RiffBytes; at + ChunkBytes <= bytes.Length;)
        {
            ReadOnlySpan<byte> chunk = bytes[(int)at..];
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (chunk[..4].SequenceEqual("data"u8))
                return BeginData((int)at + ChunkBytes, length, out error);
            if (length > MaxHeaderBytes)
                return Fail("its header is too long", out error);
            if (chunk[..4].SequenceEqual("fmt "u8) && chunk.Length >= ChunkBytes + length
                && (length < 16 || !WavFormat.TryParse(chunk.Slice(ChunkBytes, (int)length), out _format, out error)))
                return Fail(error ?? "its format is too short", out error);
            at += ChunkBytes + length + (length & 1);
        }
        return bytes.Length > MaxHeaderBytes && Fail("it has no data chunk", out error);
    }

    private bool BeginData(int at, uint length, out string? error)
    {
        error = _format is null ? "its data comes before its format" : null;
        if (_format is null)
            return false;
        SampleRate = _format.SampleRate;
        // What programs write that do not know the length yet.
        _dataLeft = length is 0 or > int.MaxValue ? uint.MaxValue : length;
        Keep(_pending.WrittenSpan[at..]);
        _state = State.Data;
        return true;
    }

    private void Decode(IBufferWriter<short> samples)
    {
        int frameBytes = _format!.BytesPerSample * _format.Channels;
        ReadOnlySpan<byte> bytes = _pending.WrittenSpan;
        if (_dataLeft != uint.MaxValue && bytes.Length >= _dataLeft)
        {
            bytes = bytes[..(int)_dataLeft];
            _state = State.End; // what follows are chunks about the recording
        }
        int frames = bytes.Length / frameBytes;
        if (frames > 0)
        {
            Span<short> target = samples.GetSpan(frames * _format.Channels)[..(frames * _format.Channels)];
            _format.Decode(bytes[..(frames * frameBytes)], target);
            samples.Advance(ToMono(target, _format.Channels));
        }
        if (_dataLeft != uint.MaxValue)
            _dataLeft -= (uint)(frames * frameBytes);
        Keep(bytes[(frames * frameBytes)..]);
    }

    private static int ToMono(Span<short> samples, int channels)
    {
        if (channels == 1)
            return samples.Length;
        for (int i = 0; i < samples.Length / channels; i++)
        {
            int sum = 0;
            foreach (short sample in samples.Slice(i * channels, channels))
                sum += sample;
            samples[i] = (short)(sum / channels);
        }
        return samples.Length / channels;
    }

    private void Keep(ReadOnlySpan<byte> rest)
    {
        byte[] copy = rest.ToArray();
        _pending.ResetWrittenCount();
        _pending.Write(copy);
    }

    private static bool Fail(string reason, out string? error)
    {
        error = reason;
        return false;
    }
}
