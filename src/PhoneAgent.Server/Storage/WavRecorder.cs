using System.Buffers.Binary;
using System.Runtime.InteropServices;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Server.Storage;

/// <summary>
/// Records a call as a stereo WAV, 16-bit 16 kHz: caller left, agent right, both on the clock of the call. The media
/// thread only copies into a ring; a loop of its own writes the file. When the disk fails the recording ends
/// (<see cref="Completion"/>) and the call goes on.
/// </summary>
internal sealed class WavRecorder : ICallRecorder, IAsyncDisposable
{
    private const int Channels = 2;
    private const int HeaderBytes = 44;
    private const int SamplesPerFrame = AudioFormat.FrameSamples * Channels;
    // Two seconds: longer than any pause of the loop that is not a broken disk.
    private const int RingFrames = 100;
    private static readonly TimeSpan WriteInterval = TimeSpan.FromMilliseconds(250);

    private readonly Func<Stream> _open;
    private readonly long _framesBefore;
    private readonly PeriodicTimer _timer;
    // Single producer (media thread), single consumer (loop); indices in frames, ever growing.
    private readonly short[] _ring = new short[RingFrames * SamplesPerFrame];
    private long _written;
    private long _read;
    private long _missing;
    private long _dropped;
    private volatile bool _failed;

    /// <param name="open">Opens a stream that can seek; called once, by the loop.</param>
    /// <param name="framesBefore">Frames of the call that were before; silence stands in the file for them.</param>
    public WavRecorder(Func<Stream> open, TimeProvider time, long framesBefore = 0)
    {
        (_open, _framesBefore) = (open, framesBefore);
        _timer = new PeriodicTimer(WriteInterval, time);
        Completion = Task.Run(RunAsync);
    }

    /// <summary>Ends with the recording: null when it is whole, else why it ended early. Never faults.</summary>
    public Task<RecordingFailure?> Completion { get; }

    /// <summary>Frames that are silence in the file because the disk was too slow.</summary>
    public long FramesDropped => Interlocked.Read(ref _dropped);

    public void Write(ReadOnlySpan<short> caller, ReadOnlySpan<short> agent)
    {
        if (_failed)
            return;
        long room = RingFrames - (_written - Volatile.Read(ref _read));
        // What had no room is made up by silence first: left and right and the timeline stay on one clock.
        while (_missing > 0 && room > 1)
        {
            FrameAt(_written).Clear();
            Volatile.Write(ref _written, _written + 1);
            _missing--;
            room--;
        }
        if (room == 0 || _missing > 0)
        {
            _missing++;
            Interlocked.Increment(ref _dropped);
            return;
        }
        Span<short> frame = FrameAt(_written);
        for (int i = 0; i < AudioFormat.FrameSamples; i++)
        {
            frame[2 * i] = caller[i];
            frame[2 * i + 1] = agent[i];
        }
        Volatile.Write(ref _written, _written + 1);
    }

    private Span<short> FrameAt(long index) =>
        _ring.AsSpan((int)(index % RingFrames) * SamplesPerFrame, SamplesPerFrame);

    private async Task<RecordingFailure?> RunAsync()
    {
        long bytes = 0;
        try
        {
            Stream stream = _open();
            await using (stream.ConfigureAwait(false))
            {
                await WriteHeaderAsync(stream, 0).ConfigureAwait(false);
                bytes = await WriteSilenceAsync(stream, _framesBefore).ConfigureAwait(false);
                bool more;
                do
                {
                    more = await _timer.WaitForNextTickAsync().ConfigureAwait(false);
                    bytes += await DrainAsync(stream).ConfigureAwait(false);
                    // The header is right after every step, so that a file of a process that died can be played.
                    await WriteHeaderAsync(stream, bytes).ConfigureAwait(false);
                }
                while (more && bytes < uint.MaxValue - HeaderBytes - _ring.Length * sizeof(short));
                return more ? Fail(bytes, "the WAV format ends at 4 GB") : null;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return Fail(bytes, e.Message);
        }
    }

    private RecordingFailure Fail(long bytes, string reason)
    {
        _failed = true;
        return new RecordingFailure(reason, AudioFormat.ToTime(bytes / (Channels * sizeof(short))), AudioFormat.ToTime(Volatile.Read(ref _written) * AudioFormat.FrameSamples));
    }

    private static async Task<long> WriteSilenceAsync(Stream stream, long frames)
    {
        byte[] silence = new byte[SamplesPerFrame * sizeof(short)];
        for (long frame = 0; frame < frames; frame++)
            await stream.WriteAsync(silence).ConfigureAwait(false);
        return frames * silence.Length;
    }

    private async Task<int> DrainAsync(Stream stream)
    {
        int bytes = 0;
        while (Volatile.Read(ref _written) - _read is var ready and > 0)
        {
            int start = (int)(_read % RingFrames);
            int frames = (int)Math.Min(ready, RingFrames - start);
            byte[] chunk = MemoryMarshal.AsBytes(_ring.AsSpan(start * SamplesPerFrame, frames * SamplesPerFrame)).ToArray();
            await stream.WriteAsync(chunk).ConfigureAwait(false);
            Volatile.Write(ref _read, _read + frames);
            bytes += chunk.Length;
        }
        return bytes;
    }

    private static async Task WriteHeaderAsync(Stream stream, long dataBytes)
    {
        byte[] header = new byte[HeaderBytes];
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), (uint)(HeaderBytes - 8 + dataBytes));
        "WAVEfmt "u8.CopyTo(header.AsSpan(8));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), 16);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(20), 1);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(22), Channels);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(24), AudioFormat.SampleRate);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(28), AudioFormat.SampleRate * Channels * sizeof(short));
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(32), Channels * sizeof(short));
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(34), 16);
        "data"u8.CopyTo(header.AsSpan(36));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(40), (uint)dataBytes);
        stream.Position = 0;
        await stream.WriteAsync(header).ConfigureAwait(false);
        stream.Position = HeaderBytes + dataBytes;
        await stream.FlushAsync().ConfigureAwait(false);
    }

    /// <summary>Writes what is left and closes the file. <see cref="Write"/> is not called any more.</summary>
    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await Completion.ConfigureAwait(false);
    }
}

/// <param name="Reason">What the system said.</param>
/// <param name="Kept">How much of the call is in the file.</param>
/// <param name="At">Media time at which the recording ended.</param>
internal sealed record RecordingFailure(string Reason, TimeSpan Kept, TimeSpan At);
