using PhoneAgent.Conversation.Transfer.Humans;

namespace PhoneAgent.Campaigns.Windows;

/// <summary>
/// When people may be called: times of the day, days of the week and days off, all by the clock on the contact's own wall.
/// Immutable; thread-safe.
/// </summary>
/// <remarks>
/// Where a contact may be in one of several zones the window must be open in all of them. A time over midnight belongs to the day
/// on which it begins, and it ends at midnight when the next day is a day off.
/// </remarks>
public sealed class CallingWindow(IReadOnlyDictionary<DayOfWeek, IReadOnlyList<OpenTime>> week, IReadOnlySet<ClosedDate> closed)
{
    /// <summary>How far <see cref="NextOpening"/> looks.</summary>
    public static readonly TimeSpan Horizon = TimeSpan.FromDays(400);

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Day → times of that day; a day that is not named is closed.</summary>
    public IReadOnlyDictionary<DayOfWeek, IReadOnlyList<OpenTime>> Week => week;

    /// <summary>Days off.</summary>
    public IReadOnlySet<ClosedDate> Closed => closed;

    /// <param name="at">When.</param>
    /// <param name="zones">Where the contact may be; with none it is never open.</param>
    public bool IsOpen(DateTimeOffset at, IReadOnlyList<TimeZoneInfo> zones)
    {
        ArgumentNullException.ThrowIfNull(zones);
        foreach (TimeZoneInfo zone in zones)
            if (!IsOpenAt(LocalTime(at, zone)))
                return false;
        return zones.Count > 0;
    }

    /// <summary>The first instant from <paramref name="at"/> on at which the window is open; null: none within <see cref="Horizon"/>.</summary>
    public DateTimeOffset? NextOpening(DateTimeOffset at, IReadOnlyList<TimeZoneInfo> zones)
    {
        ArgumentNullException.ThrowIfNull(zones);
        if (zones.Count == 0 || week.Count == 0)
            return null;
        DateTimeOffset end = at + Horizon;
        DateTimeOffset candidate = at;
        // Nothing between a candidate and the next opening of a zone that is closed then can be open in all zones.
        while (candidate < end)
        {
            TimeZoneInfo? shut = zones.FirstOrDefault(zone => !IsOpenAt(LocalTime(candidate, zone)));
            if (shut is null)
                return candidate;
            candidate = OpeningIn(shut, candidate, end);
        }
        return null;
    }

    /// <summary>The first open instant after one that is closed; <paramref name="end"/> when there is none before.</summary>
    private DateTimeOffset OpeningIn(TimeZoneInfo zone, DateTimeOffset at, DateTimeOffset end)
    {
        while (at < end)
        {
            TimeSpan offset = zone.GetUtcOffset(at);
            DateTime local = LocalTime(at, zone);
            // A stretch is shorter than any time between two changes of a zone's offset, and need not go beyond the day after next.
            DateTimeOffset until = OffsetClock.NextChange(zone, at, at + Day);
            DateTime? opening = FirstOpeningAfter(local, local + (until - at));
            if (opening is { } found)
                return new DateTimeOffset(found, offset).ToOffset(at.Offset);
            at = until;
            if (at < end && IsOpenAt(LocalTime(at, zone)))
                return at;
        }
        return end;
    }

    /// <summary>The first moment that is open after one that is not, on a wall clock that nobody touches in between.</summary>
    private DateTime? FirstOpeningAfter(DateTime local, DateTime before)
    {
        DateTime? first = null;
        for (DateTime day = local.Date - Day; day <= before.Date; day += Day)
        {
            foreach (OpenTime time in TimesOf(DateOnly.FromDateTime(day)))
                if (day + time.From is var opening && opening > local && opening < before && (first is null || opening < first) && IsOpenAt(opening))
                    first = opening;
        }
        return first;
    }

    private bool IsOpenAt(DateTime local)
    {
        var day = DateOnly.FromDateTime(local);
        return !IsDayOff(day) && (IsOpen(day, local.TimeOfDay) || (day > DateOnly.MinValue && IsOpen(day.AddDays(-1), local.TimeOfDay + Day)));
    }

    private bool IsOpen(DateOnly day, TimeSpan time)
    {
        foreach (OpenTime open in TimesOf(day))
            if (time >= open.From && time < open.To)
                return true;
        return false;
    }

    private IReadOnlyList<OpenTime> TimesOf(DateOnly day) => !IsDayOff(day) && week.TryGetValue(day.DayOfWeek, out IReadOnlyList<OpenTime>? times) ? times : [];

    private bool IsDayOff(DateOnly day) => closed.Contains(new ClosedDate(day.Year, day.Month, day.Day)) || closed.Contains(new ClosedDate(null, day.Month, day.Day));

    private static DateTime LocalTime(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).DateTime;
}
