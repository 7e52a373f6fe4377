namespace PhoneAgent.Campaigns.Windows;

/// <summary>When the clocks of a zone are changed. .NET tells offsets, not the instants at which they change.</summary>
internal static class OffsetClock
{
    /// <summary>
    /// The first instant after <paramref name="from"/> at which the zone's offset differs; <paramref name="to"/> when it does not
    /// before. Stretches are to be short: two changes within one that take each other back are not seen.
    /// </summary>
    public static DateTimeOffset NextChange(TimeZoneInfo zone, DateTimeOffset from, DateTimeOffset to)
    {
        TimeSpan offset = zone.GetUtcOffset(from);
        if (zone.GetUtcOffset(to) == offset)
            return to;
        (long same, long changed) = (from.UtcTicks, to.UtcTicks);
        while (changed - same > 1)
        {
            long middle = same + (changed - same) / 2;
            if (zone.GetUtcOffset(new DateTimeOffset(middle, TimeSpan.Zero)) == offset)
                same = middle;
            else
                changed = middle;
        }
        return new DateTimeOffset(changed, TimeSpan.Zero).ToOffset(from.Offset);
    }
}
