using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace PhoneAgent.Audio;

/// <summary>
/// Writes 16-bit PCM as it comes. The header's lengths are brought up to date every second of audio and on dispose, so that
/// the file of a process that died can be played. Errors of the stream come through. Not thread-safe.
/// </summary>
public sealed class WavWriter : IDisposable
{
    private const int HeaderBytes = 44;
    private const int BufferedFrames = 1024;

    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly int _sampleRate;
    private readonly int _channels;
    private readonly short[] _interleaved;
    private long _dataBytes;
    private long _bytesAtHeader;

    /// <param name="stream">Must be able to seek; the file begins at its position 0.</param>
    public WavWriter(Stream stream, int sampleRate, int channels, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, WavFile.MaxChannels);
        if (!stream.CanSeek)
            throw new ArgumentException("A WAV header is completed at the end: the stream must be able to seek.", nameof(stream));
        _stream = stream;
        _leaveOpen = leaveOpen;
        _sampleRate = sampleRate;
        _channels = channels;
        _interleaved = new short[BufferedFrames * 2];
        WriteHeader();
    }

    /// <summary>Samples per channel so far.</summary>
    public long FrameCount => _dataBytes / (_channels * sizeof(short));

    /// <summary>True when the format's 4 GB are full; further samples are dropped.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Writes samples whose channels are interleaved already.</summary>
    public void Write(ReadOnlySpan<short> samples)
    {
        long bytes = samples.Length * (long)sizeof(short);
        if (IsFull || _dataBytes + bytes > uint.MaxValue - HeaderBytes)
        {
            IsFull = true;
            return;
        }
        if (BitConverter.IsLittleEndian)
        {
            _stream.Write(MemoryMarshal.AsBytes(samples));
        }
        else
        {
            Span<byte> swapped = stackalloc byte[2];
            foreach (short sample in samples)
            {
                BinaryPrimitives.WriteInt16LittleEndian(swapped, sample);
                _stream.Write(swapped);
            }
        }
        _dataBytes += bytes;
        if (_dataBytes - _bytesAtHeader >= (long)_sampleRate * _channels * sizeof(short))
            WriteHeader();
    }

    /// <summary>Writes two channels of the same length; the writer must have two.</summary>
    public void Write(ReadOnlySpan<short> left, ReadOnlySpan<short> right)
    {
        if (_channels != 2 || left.Length != right.Length)
            throw new ArgumentException($"Two channels of the same length are needed, not {left.Length} and {right.Length} samples into {_channels}.");
        while (!left.IsEmpty)
        {
            int count = Math.Min(left.Length, BufferedFrames);
            for (int i = 0; i < count; i++)
            {
                _interleaved[2 * i] = left[i];
                _interleaved[2 * i + 1] = right[i];
            }
            Write(_interleaved.AsSpan(0, 2 * count));
            left = left[count..];
            right = right[count..];
        }
    }

    public void Dispose()
    {
        try
        {
            WriteHeader();
        }
        finally
        {
            if (!_leaveOpen)
                _stream.Dispose();
        }
    }

    private void WriteHeader()
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)(HeaderBytes - 8 + _dataBytes));
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteUInt16LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(header[22..], (ushort)_channels);
        BinaryPrimitives.WriteUInt32LittleEndian(header[24..], (uint)_sampleRate);
        BinaryPrimitives.WriteUInt32LittleEndian(header[28..], (uint)(_sampleRate * _channels * sizeof(short)));
        BinaryPrimitives.WriteUInt16LittleEndian(header[32..], (ushort)(_channels * sizeof(short)));
        BinaryPrimitives.WriteUInt16LittleEndian(header[34..], 16);
        "data"u8.CopyTo(header[36..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[40..], (uint)_dataBytes);
        _stream.Position = 0;
        _stream.Write(header);
        _stream.Position = HeaderBytes + _dataBytes;
        _stream.Flush();
        _bytesAtHeader = _dataBytes;
    }
}
