namespace PhoneAgent.Server.BrowserVoice.Media;

/// <summary>How far somebody is ahead of what time allows: each second takes one second out. Not thread-safe.</summary>
internal sealed class LeakyBucket(TimeProvider time)
{
    private long _at = time.GetTimestamp();
    private TimeSpan _level;

    /// <summary>Puts in; returns how far ahead that is.</summary>
    public TimeSpan Add(TimeSpan amount)
    {
        long now = time.GetTimestamp();
        TimeSpan left = _level - time.GetElapsedTime(_at, now);
        _at = now;
        _level = (left > TimeSpan.Zero ? left : TimeSpan.Zero) + amount;
        return _level;
    }
}
