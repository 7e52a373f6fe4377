namespace PhoneAgent.Campaigns.Pacing;

/// <summary>
/// One limit on calls: a campaign's, or a trunk's that campaigns share. Thread-safe. The rate is the generic cell rate
/// algorithm (ITU-T I.371 annex A): each call moves the time of the next one on by the rate's interval.
/// </summary>
public sealed class PaceGate(PacingLimits limits, TimeProvider time)
{
    // Who looks only so often may catch up with what the rate allowed meanwhile, and with no more.
    private static readonly TimeSpan CatchUp = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly TimeSpan _interval = TimeSpan.FromSeconds(1 / limits.CallsPerSecond);
    private readonly long _start = time.GetTimestamp();
    private TimeSpan _next;
    private int _inFlight;

    /// <summary>Calls that have begun and not ended.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    private TimeSpan Now => time.GetElapsedTime(_start);

    /// <param name="places">Calls that agents can be in at once, those that run included.</param>
    /// <param name="wait">Of a refusal: after which time the rate allows it; null when a call has to end first.</param>
    internal bool TryEnter(int places, out TimeSpan? wait)
    {
        wait = null;
        lock (_lock)
        {
            TimeSpan now = Now;
            if (_inFlight >= Math.Min(limits.CallsAtOnce, places))
                return false;
            if (now < _next - CatchUp)
            {
                wait = _next - CatchUp - now;
                return false;
            }
            _inFlight++;
            _next = (_next > now ? _next : now) + _interval;
            return true;
        }
    }

    internal void Leave()
    {
        lock (_lock)
            _inFlight--;
    }

    /// <summary>Takes back an entry that led to no call.</summary>
    internal void Undo()
    {
        lock (_lock)
        {
            _inFlight--;
            _next -= _interval;
        }
    }
}
