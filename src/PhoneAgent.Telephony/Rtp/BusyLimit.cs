namespace PhoneAgent.Telephony.Rtp;

/// <summary>
/// Leaves the others a share of the processor when there is more media work than time: a real-time thread that never sleeps
/// would keep signalling, and a login shell, from running. Ticks that are lost by it are skipped by the schedule.
/// </summary>
internal struct BusyLimit(long nowNs)
{
    private const long WindowNs = 100_000_000;
    private const long MinIdleNs = 10_000_000;
    private long _startNs = nowNs;
    private long _idleNs;

    /// <summary>When the thread shall wake that has work at <paramref name="dueNs"/>: then, or later when it has not slept enough.</summary>
    public long WakeNs(long dueNs, long nowNs)
    {
        var wake = dueNs;
        var window = nowNs - _startNs;
        if (window >= WindowNs)
        {
            var owed = MinIdleNs - _idleNs;
            // A much longer window is one in which we did not run at all.
            if (owed > 0 && window < 2 * WindowNs)
                wake = Math.Max(dueNs, nowNs + owed);
            (_startNs, _idleNs) = (Math.Max(nowNs, wake), 0);
            return wake;
        }
        _idleNs += Math.Max(0, wake - nowNs);
        return wake;
    }
}
