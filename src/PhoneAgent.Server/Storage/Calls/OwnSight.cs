namespace PhoneAgent.Server.Storage.Calls;

/// <summary>
/// Whether this process has seen the database without a gap: what cut it off may have kept the others from saying that they live.
/// One that begins has seen nothing. Not thread-safe.
/// </summary>
/// <param name="needed">For so long others may keep silent.</param>
internal sealed class OwnSight(TimeSpan needed)
{
    /// <summary>Looks at the database come this often.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    // One look may be late; after a longer gap the others need their time to be heard again.
    private static readonly TimeSpan LongestGap = 2 * LookEvery;

    private DateTimeOffset _since = DateTimeOffset.MaxValue;
    private DateTimeOffset? _last;

    /// <summary>The database has answered.</summary>
    /// <returns>Whether it did for long enough: who was silent all the time was not cut off like us.</returns>
    public bool Saw(DateTimeOffset now)
    {
        if (_last is not { } last || (now - last).Duration() > LongestGap)
            _since = now;
        _last = now;
        return now - _since > needed;
    }
}
