namespace PhoneAgent.Testing;

/// <summary>
/// A clock that stands still until it is told to advance; timers then fire in order, on the caller's thread,
/// each at its own time. Starts at 2026-01-01 00:00 UTC. Thread-safe.
/// </summary>
public sealed class VirtualTime : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<VirtualTimer> timers = [];
    private DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Timers that will fire.</summary>
    public int PendingTimers
    {
        get
        {
            lock (gate)
                return timers.Count;
        }
    }

    /// <summary>A timer runs that was set for one of these.</summary>
    public bool Waits(params ReadOnlySpan<TimeSpan> durations)
    {
        lock (gate)
        {
            foreach (var timer in timers)
                if (durations.Contains(timer.SetFor))
                    return true;
            return false;
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
            return now;
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets time pass. Timers that become due on the way fire at their time, also those that other timers set.</summary>
    public void Advance(TimeSpan duration)
    {
        DateTimeOffset end;
        lock (gate)
            end = now + duration;
        while (TakeNext(end) is { } timer)
            timer.Fire();
        lock (gate)
            now = end > now ? end : now;
    }

    /// <summary>Goes to the next timer that is due within <paramref name="limit"/> and fires it. False when there is none.</summary>
    public bool AdvanceToNextTimer(TimeSpan limit)
    {
        DateTimeOffset end;
        lock (gate)
            end = now + limit;
        if (TakeNext(end) is not { } timer)
            return false;
        timer.Fire();
        return true;
    }

    private VirtualTimer? TakeNext(DateTimeOffset end)
    {
        lock (gate)
        {
            var next = timers.MinBy(timer => timer.Due);
            if (next is null || next.Due > end)
                return null;
            now = next.Due > now ? next.Due : now;
            if (next.Period > TimeSpan.Zero)
                next.Due += next.Period;
            else
                timers.Remove(next);
            return next;
        }
    }

    private sealed class VirtualTimer(VirtualTime owner, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; set; }
        public TimeSpan Period { get; private set; }
        public TimeSpan SetFor { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner.gate)
            {
                owner.timers.Remove(this);
                (Period, SetFor) = (period, dueTime);
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                Due = owner.now + dueTime;
                owner.timers.Add(this);
                return true;
            }
        }

        public void Dispose()
        {
            lock (owner.gate)
                owner.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
