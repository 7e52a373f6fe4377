using System.Threading.Channels;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Conversation.Supervision;

/// <summary>
/// One person's ear at a running call: frames of both sides in a ring of two seconds. The media thread never waits for it; a
/// listener who is too slow loses the oldest, counted, and goes on near the present. Read by one reader at a time.
/// </summary>
public sealed class CallListener : ICallRecorder
{
    private const int Frames = 100; // 2 s
    private const int KeptAfterOverrun = 5; // 100 ms

    private readonly short[] _caller = new short[Frames * AudioFormat.FrameSamples];
    private readonly short[] _agent = new short[Frames * AudioFormat.FrameSamples];
    private readonly long[] _numbers = new long[Frames];
    // Holds nothing but "there is something": the ring has the frames.
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    private long _seen;
    private long _written;
    private long _read;
    private long _dropped;
    private bool _overrun;

    /// <summary>Frames that the reader was too slow for.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Waits until there is a frame; false when the call is over and all was read.</summary>
    public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
    {
        while (Volatile.Read(ref _written) == Volatile.Read(ref _read))
        {
            if (!await _signal.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
                return Volatile.Read(ref _written) != Volatile.Read(ref _read);
            _signal.Reader.TryRead(out _);
        }
        return true;
    }

    /// <summary>Takes the next frame of both sides.</summary>
    /// <param name="number">Counted from when the listening began: a jump tells what was lost.</param>
    /// <param name="caller">At least <see cref="AudioFormat.FrameSamples"/> samples, as is <paramref name="agent"/>.</param>
    public bool TryRead(out long number, Span<short> caller, Span<short> agent)
    {
        long written = Volatile.Read(ref _written);
        if (Volatile.Read(ref _overrun) && written - _read > KeptAfterOverrun)
        {
            Interlocked.Add(ref _dropped, written - _read - KeptAfterOverrun);
            Volatile.Write(ref _overrun, false);
            Volatile.Write(ref _read, written - KeptAfterOverrun);
        }
        if (_read == written)
        {
            number = 0;
            return false;
        }
        int slot = (int)(_read % Frames);
        number = _numbers[slot];
        Slot(_caller, slot).CopyTo(caller);
        Slot(_agent, slot).CopyTo(agent);
        Volatile.Write(ref _read, _read + 1);
        return true;
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<short> caller, ReadOnlySpan<short> agent)
    {
        if (_written - Volatile.Read(ref _read) >= Frames)
        {
            _seen++;
            Volatile.Write(ref _overrun, true);
            Interlocked.Increment(ref _dropped);
            return;
        }
        int slot = (int)(_written % Frames);
        _numbers[slot] = _seen++;
        caller.CopyTo(Slot(_caller, slot));
        agent.CopyTo(Slot(_agent, slot));
        Volatile.Write(ref _written, _written + 1);
        _signal.Writer.TryWrite(true);
    }

    /// <summary>Nothing more comes. Any thread.</summary>
    public void End() => _signal.Writer.TryComplete();

    private static Span<short> Slot(short[] frames, int slot) => frames.AsSpan(slot * AudioFormat.FrameSamples, AudioFormat.FrameSamples);
}
