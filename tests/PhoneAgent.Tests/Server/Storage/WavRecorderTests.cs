using System.Buffers.Binary;
using System.Runtime.InteropServices;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Storage;
using Xunit;

namespace PhoneAgent.Tests.Server.Storage;

public sealed class WavRecorderTests
{
    private const int Frame = AudioFormat.FrameSamples;

    [Fact]
    public async Task TheCallerIsLeftAndTheAgentRight()
    {
        var stream = new KeptStream();
        var recorder = new WavRecorder(() => stream, TimeProvider.System);
        for (short i = 0; i < 75; i++)
            recorder.Write(FrameOf(i), FrameOf((short)-i));
        await recorder.DisposeAsync();

        byte[] wav = stream.ToArray();
        Assert.Equal("RIFF", System.Text.Encoding.ASCII.GetString(wav, 0, 4));
        Assert.Equal(wav.Length - 8, BinaryPrimitives.ReadInt32LittleEndian(wav.AsSpan(4)));
        Assert.Equal(2, BinaryPrimitives.ReadInt16LittleEndian(wav.AsSpan(22)));
        Assert.Equal(16_000, BinaryPrimitives.ReadInt32LittleEndian(wav.AsSpan(24)));
        Assert.Equal(75 * Frame * 4, BinaryPrimitives.ReadInt32LittleEndian(wav.AsSpan(40)));
        ReadOnlySpan<short> samples = MemoryMarshal.Cast<byte, short>(wav.AsSpan(44));
        Assert.Equal(75 * Frame * 2, samples.Length);
        for (int i = 0; i < samples.Length; i += 2)
            Assert.Equal(((short)(i / 2 / Frame), (short)-(i / 2 / Frame)), (samples[i], samples[i + 1]));
        Assert.Null(await recorder.Completion);
    }

    [Fact]
    public async Task ADiskThatIsTooSlowCostsFramesButNotTheClock()
    {
        var mayOpen = new ManualResetEventSlim();
        var stream = new KeptStream();
        var recorder = new WavRecorder(() => { mayOpen.Wait(); return stream; }, TimeProvider.System);
        for (short i = 0; i < 130; i++)
            recorder.Write(FrameOf((short)(i + 1)), FrameOf(0));
        Assert.Equal(30, recorder.FramesDropped);
        mayOpen.Set();
        await recorder.DisposeAsync();

        // The last thirty never got room; what is there is at its place.
        ReadOnlySpan<short> samples = MemoryMarshal.Cast<byte, short>(stream.ToArray().AsSpan(44));
        Assert.Equal(100 * Frame * 2, samples.Length);
        Assert.Equal(100, samples[^2]);
    }

    [Fact]
    public async Task WhatWasDroppedIsSilenceOnceThereIsRoom()
    {
        var stream = new KeptStream();
        var clock = new ManualClock();
        var recorder = new WavRecorder(() => stream, clock);
        for (short i = 0; i < 110; i++)
            recorder.Write(FrameOf(1), FrameOf(1));
        Assert.Equal(10, recorder.FramesDropped);
        await stream.DrainedAsync(clock, 100 * Frame * 4);
        recorder.Write(FrameOf(2), FrameOf(2));
        await recorder.DisposeAsync();

        short[] samples = MemoryMarshal.Cast<byte, short>(stream.ToArray().AsSpan(44)).ToArray();
        Assert.Equal(111 * Frame * 2, samples.Length);
        Assert.All(samples[..(100 * Frame * 2)], s => Assert.Equal(1, s));
        Assert.All(samples[(100 * Frame * 2)..(110 * Frame * 2)], s => Assert.Equal(0, s));
        Assert.All(samples[(110 * Frame * 2)..], s => Assert.Equal(2, s));
    }

    [Fact]
    public async Task AFileThatCannotBeOpenedEndsTheRecordingAndNotTheCall()
    {
        var recorder = new WavRecorder(() => throw new UnauthorizedAccessException("Access denied."), TimeProvider.System);
        await recorder.DisposeAsync();
        recorder.Write(FrameOf(1), FrameOf(1));
        Assert.Equal(("Access denied.", TimeSpan.Zero), ((await recorder.Completion)!.Reason, (await recorder.Completion)!.Kept));
    }

    [Fact]
    public async Task AFullDiskEndsTheRecordingAndNotTheCall()
    {
        // Room for the header and one second.
        var stream = new KeptStream { Capacity = 44 + 50 * Frame * 4 };
        var clock = new ManualClock();
        var recorder = new WavRecorder(() => stream, clock);
        for (int i = 0; i < 50; i++)
            recorder.Write(FrameOf(1), FrameOf(1));
        await stream.DrainedAsync(clock, 50 * Frame * 4);
        for (int i = 0; i < 60; i++)
            recorder.Write(FrameOf(1), FrameOf(1));
        await recorder.DisposeAsync();

        RecordingFailure failure = (await recorder.Completion)!;
        Assert.Equal(("No space left on device", TimeSpan.FromSeconds(1)), (failure.Reason, failure.Kept));
        Assert.InRange(failure.At, TimeSpan.FromSeconds(2.2), TimeSpan.FromSeconds(2.2));
    }

    private static short[] FrameOf(short value)
    {
        var frame = new short[Frame];
        Array.Fill(frame, value);
        return frame;
    }

    /// <summary>A disk with a size.</summary>
    private sealed class KeptStream : MemoryStream
    {
        private long _length;

        public new long Capacity { get; init; } = long.MaxValue;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position + buffer.Length > Capacity)
                throw new IOException("No space left on device");
            Write(buffer.Span);
            Volatile.Write(ref _length, Length);
            return ValueTask.CompletedTask;
        }

        /// <summary>Lets time pass until the recorder has written this much.</summary>
        public async Task DrainedAsync(ManualClock clock, long dataBytes)
        {
            while (Volatile.Read(ref _length) < 44 + dataBytes)
            {
                clock.Tick();
                await Task.Yield();
            }
        }
    }

    /// <summary>Timers fire when told.</summary>
    private sealed class ManualClock : TimeProvider
    {
        private readonly List<Timer> _timers = [];

        public void Tick()
        {
            lock (_timers)
                foreach (Timer timer in _timers)
                    timer.Fire();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new Timer(callback, state);
            lock (_timers)
                _timers.Add(timer);
            return timer;
        }

        private sealed class Timer(TimerCallback callback, object? state) : ITimer
        {
            private volatile bool _disposed;

            public void Fire()
            {
                if (!_disposed)
                    callback(state);
            }

            public bool Change(TimeSpan dueTime, TimeSpan period) => !_disposed;

            public void Dispose() => _disposed = true;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
