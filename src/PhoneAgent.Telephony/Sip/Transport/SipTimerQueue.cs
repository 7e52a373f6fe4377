namespace PhoneAgent.Telephony.Sip.Transport;

/// <summary>
/// All timers of a loop behind a single <see cref="ITimer"/>, which is armed for the earliest. Cancelled entries stay in the
/// heap until they are due, or until they are the most of it: the usual fate of a SIP timer is to be cancelled.
/// </summary>
internal sealed class SipTimerQueue : IDisposable
{
    private const int MinCancelledToSweep = 1024;

    private readonly TimeProvider _timeProvider;
    private readonly PriorityQueue<SipTimer, (long Due, long Order)> _heap = new();
    private readonly ITimer _alarm;
    private long _order;
    private long _armedFor = long.MaxValue;
    private int _cancelled;

    /// <param name="onAlarm">Called on any thread when <see cref="RunDue"/> has work.</param>
    public SipTimerQueue(TimeProvider timeProvider, Action onAlarm)
    {
        _timeProvider = timeProvider;
        _alarm = timeProvider.CreateTimer(_ => onAlarm(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public int Count => _heap.Count;

    public SipTimer Start(TimeSpan due, Action callback)
    {
        long ticks = (long)(Math.Max(0, due.TotalSeconds) * _timeProvider.TimestampFrequency);
        long at = _timeProvider.GetTimestamp() + ticks;
        var timer = new SipTimer(this, callback);
        _heap.Enqueue(timer, (at, _order++));
        if (at < _armedFor)
            Arm(at);
        return timer;
    }

    /// <summary>Runs what is due now, in the order of its time.</summary>
    public void RunDue(Action<Action> run)
    {
        _armedFor = long.MaxValue;
        long now = _timeProvider.GetTimestamp();
        while (_heap.TryPeek(out SipTimer? timer, out (long Due, long Order) when) && when.Due <= now)
        {
            _heap.Dequeue();
            if (timer.Take() is { } callback)
                run(callback);
            else
                _cancelled--;
        }
        if (_heap.TryPeek(out _, out (long Due, long Order) next) && next.Due < _armedFor)
            Arm(next.Due);
    }

    public void Dispose() => _alarm.Dispose();

    internal void NoteCancelled()
    {
        if (++_cancelled < MinCancelledToSweep || _cancelled < _heap.Count / 2)
            return;
        (SipTimer Element, (long, long) Priority)[] kept = [.. _heap.UnorderedItems.Where(item => item.Element.IsPending)];
        _heap.Clear();
        _heap.EnqueueRange(kept);
        _cancelled = 0;
    }

    private void Arm(long at)
    {
        _armedFor = at;
        TimeSpan due = _timeProvider.GetElapsedTime(_timeProvider.GetTimestamp(), at);
        // A timer fires within its millisecond; rounding up keeps it from firing just before its time and again.
        due = TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, due.TotalMilliseconds)));
        _alarm.Change(due, Timeout.InfiniteTimeSpan);
    }
}
