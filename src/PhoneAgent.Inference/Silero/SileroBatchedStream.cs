using PhoneAgent.Conversation.Listening;

namespace PhoneAgent.Inference.Silero;

/// <summary>
/// Hands windows to the batcher through a ring of its own: the pusher writes, the batcher's thread reads. A result that is
/// being computed while the stream is disposed may still arrive.
/// </summary>
internal sealed class SileroBatchedStream(SileroBatcher batcher, Action<VoiceActivity> onActivity) : IVoiceStream
{
    /// <summary>Windows that may wait: 256 ms. Older results would be of no use to a barge-in.</summary>
    private const int Slots = 8;

    private readonly SileroWindowing windowing = new();
    private readonly Slot[] ring = [.. Enumerable.Range(0, Slots).Select(_ => new Slot())];
    private readonly SileroMemory memory = new();
    private long written;
    private long read;
    private int scheduled; // 1 while the batcher's queue holds this stream, or it is in a batch
    private bool resetNext;
    private volatile bool closed;

    public void Push(long position, ReadOnlySpan<short> frame)
    {
        if (!windowing.Push(position, frame, out var end))
            return;
        if (written - Volatile.Read(ref read) >= Slots)
        {
            batcher.CountSkipped();
            resetNext = true; // the model must not take what follows for a continuation
            return;
        }
        var slot = ring[written % Slots];
        windowing.Window.CopyTo(slot.Samples);
        slot.End = end;
        slot.Reset = resetNext;
        resetNext = false;
        Volatile.Write(ref written, written + 1);
        ScheduleOnce();
    }

    public void Reset()
    {
        windowing.Reset();
        resetNext = true;
    }

    public void Dispose() => closed = true;

    /// <summary>Batcher's thread: puts the oldest window into the run. False when there is none.</summary>
    internal bool Load(SileroBinding binding, int row)
    {
        if (closed || Volatile.Read(ref written) == read)
            return false;
        var slot = ring[read % Slots];
        if (slot.Reset)
            memory.Clear();
        binding.Load(row, memory, slot.Samples);
        return true;
    }

    /// <summary>Batcher's thread: the run is done, or failed.</summary>
    internal void Complete(SileroBinding? binding, int row)
    {
        var probability = binding?.Store(row, memory) ?? 0;
        var end = ring[read % Slots].End;
        Volatile.Write(ref read, read + 1);
        if (!closed)
            onActivity(new VoiceActivity(end, probability));
    }

    /// <summary>Batcher's thread: no longer in the queue or a batch; goes back when a window came meanwhile.</summary>
    internal void Release()
    {
        Interlocked.Exchange(ref scheduled, 0);
        if (!closed && Volatile.Read(ref written) != read)
            ScheduleOnce();
    }

    private void ScheduleOnce()
    {
        if (Interlocked.Exchange(ref scheduled, 1) == 0)
            batcher.Enqueue(this);
    }

    private sealed class Slot
    {
        public float[] Samples { get; } = new float[SileroModel.Window];
        public long End { get; set; }
        public bool Reset { get; set; }
    }
}
