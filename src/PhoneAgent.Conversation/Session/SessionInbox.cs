using System.Threading.Channels;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Conversation.Session;

/// <summary>
/// The one queue into a session: many writers, one reader, one order. Frames live in a ring allocated once, so that the
/// media thread allocates nothing. Also knows when nothing is under way, which lets a replay run as fast as the
/// engines allow with the same decisions.
/// <para>
/// It is bounded in three ways. Frames and interim results are dropped, and counted, when the loop is behind. What
/// comes in any number from outside (a dialogue's steps, the peer's signals) waits for room in <see cref="PostAsync"/>.
/// The rest is never dropped and needs no bound of its own: there is one final result per utterance, one failure per
/// sentence, one stop per call.
/// </para>
/// </summary>
internal sealed class SessionInbox
{
    private const int MaxFrames = 128; // 2.5 s
    private const int DropFrom = 1536; // unread messages
    private const int MaxWaiting = 512;

    private readonly Channel<SessionMessage> _channel =
        Channel.CreateUnbounded<SessionMessage>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Channel<bool> _places = Channel.CreateBounded<bool>(MaxWaiting); // taken by writing, freed by reading
    private readonly short[] _received = new short[MaxFrames * AudioFormat.FrameSamples];
    private readonly short[] _sent = new short[MaxFrames * AudioFormat.FrameSamples];
    private int _waitingFrames;
    private int _writeSlot;
    private int _readSlot;
    private long _droppedFrames;
    private long _droppedMessages;
    private int _underWay;
    private int _unread;
    private TaskCompletionSource? _idle;

    /// <summary>Frames that the loop was too slow for.</summary>
    public long DroppedFrames => Interlocked.Read(ref _droppedFrames);

    /// <summary>Messages that the loop has not handled yet.</summary>
    public int Unread => Volatile.Read(ref _unread);

    /// <summary>Messages that are not handled yet, and work that will post more.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    public long DroppedMessages => Interlocked.Read(ref _droppedMessages);

    /// <summary>Media thread: hands over a frame of both sides. Does not block or allocate; drops when the loop is 2.5 s behind.</summary>
    public void PostFrame(long position, FrameOrigin origin, ReadOnlySpan<short> received, ReadOnlySpan<short> sent)
    {
        if (Volatile.Read(ref _waitingFrames) >= MaxFrames || IsFull)
        {
            Interlocked.Increment(ref _droppedFrames);
            return;
        }
        // By count and not by position: after a drop the position's slot may still wait to be read.
        received.CopyTo(Slot(_received, _writeSlot));
        sent.CopyTo(Slot(_sent, _writeSlot));
        _writeSlot = (_writeSlot + 1) % MaxFrames;
        Interlocked.Increment(ref _waitingFrames);
        Write(SessionMessage.Frame(position, origin));
    }

    /// <summary>The caller's samples of the frame message that was read last; valid until <see cref="Done"/>.</summary>
    public ReadOnlySpan<short> Received => Slot(_received, _readSlot);

    /// <summary>The agent's samples of the same tick.</summary>
    public ReadOnlySpan<short> Sent => Slot(_sent, _readSlot);

    /// <summary>Never blocks. Drops only what <see cref="SessionMessage.MayBeLost"/>.</summary>
    public void Post(in SessionMessage message)
    {
        if (message.MayBeLost && IsFull)
            Interlocked.Increment(ref _droppedMessages);
        else
            Write(message);
    }

    /// <summary>For what comes in any number: waits until the loop has caught up with the earlier ones.</summary>
    public async ValueTask PostAsync(SessionMessage message, CancellationToken cancellationToken)
    {
        BeginWork();
        try
        {
            await _places.Writer.WriteAsync(true, cancellationToken).ConfigureAwait(false);
            Write(message with { HasWaited = true });
        }
        finally
        {
            EndWork();
        }
    }

    public ValueTask<bool> WaitAsync() => _channel.Reader.WaitToReadAsync();

    public bool TryRead(out SessionMessage message) => _channel.Reader.TryRead(out message);

    /// <summary>The loop is done with a message.</summary>
    public void Done(in SessionMessage message)
    {
        if (message.Kind == SessionMessageKind.Frame)
        {
            _readSlot = (_readSlot + 1) % MaxFrames;
            Interlocked.Decrement(ref _waitingFrames);
        }
        if (message.HasWaited)
            _places.Reader.TryRead(out _);
        Interlocked.Decrement(ref _unread);
        EndWork();
    }

    /// <summary>Something began elsewhere that will post; ended by <see cref="EndWork"/>.</summary>
    public void BeginWork() => Interlocked.Increment(ref _underWay);

    public void EndWork()
    {
        if (Interlocked.Decrement(ref _underWay) == 0)
            Volatile.Read(ref _idle)?.TrySetResult();
    }

    /// <summary>Completes when every message was handled and nothing is under way elsewhere. One waiter at a time.</summary>
    public async Task WhenIdleAsync(CancellationToken cancellationToken)
    {
        while (Volatile.Read(ref _underWay) != 0)
        {
            var idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            // A full fence between this write and the read: EndWork does the same two the other way round.
            Interlocked.Exchange(ref _idle, idle);
            if (Volatile.Read(ref _underWay) == 0)
                break;
            await idle.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        Volatile.Write(ref _idle, null);
    }

    private bool IsFull => Volatile.Read(ref _unread) >= DropFrom;

    private void Write(in SessionMessage message)
    {
        BeginWork();
        Interlocked.Increment(ref _unread);
        _channel.Writer.TryWrite(message); // unbounded and never completed: always true
    }

    private static Span<short> Slot(short[] frames, int slot) =>
        frames.AsSpan(slot * AudioFormat.FrameSamples, AudioFormat.FrameSamples);
}
