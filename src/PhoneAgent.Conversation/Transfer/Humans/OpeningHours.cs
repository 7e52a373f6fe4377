using System.Globalization;

namespace PhoneAgent.Conversation.Transfer.Humans;

/// <summary>When somebody is there. Immutable.</summary>
/// <param name="TimeZone">What the times are in.</param>
/// <param name="Week">Day → times of that day; a day that is not named is closed.</param>
/// <param name="Closed">Dates on which nobody is there whatever the day.</param>
public sealed record OpeningHours(
    TimeZoneInfo TimeZone, IReadOnlyDictionary<DayOfWeek, IReadOnlyList<OpenTime>> Week, IReadOnlySet<ClosedDate> Closed)
{
    public bool IsOpen(DateTimeOffset at)
    {
        DateTime local = TimeZoneInfo.ConvertTime(at, TimeZone).DateTime;
        // A time over midnight belongs to the day on which it begins.
        return IsOpen(DateOnly.FromDateTime(local), local.TimeOfDay)
            || IsOpen(DateOnly.FromDateTime(local).AddDays(-1), local.TimeOfDay + TimeSpan.FromDays(1));
    }

    private bool IsOpen(DateOnly day, TimeSpan time) =>
        Week.TryGetValue(day.DayOfWeek, out IReadOnlyList<OpenTime>? times)
        && times.Any(open => time >= open.From && time < open.To)
        && !Closed.Any(closed => closed.Is(day));
}

/// <param name="From">Since the day's midnight, 0–24 h.</param>
/// <param name="To">… later than <paramref name="From"/>; above 24 h for a time over midnight.</param>
public readonly record struct OpenTime(TimeSpan From, TimeSpan To);

/// <param name="Year">Null: every year.</param>
public readonly record struct ClosedDate(int? Year, int Month, int Day)
{
    public bool Is(DateOnly day) => (Year ?? day.Year) == day.Year && Month == day.Month && Day == day.Day;

    /// <summary>"2026-12-24", or "12-25" for every year.</summary>
    public static bool TryParse(string text, out ClosedDate closed)
    {
        bool isDated = TryDate(text, out DateOnly date);
        // In a leap year 02-29 is a date.
        bool isYearly = !isDated && TryDate($"2000-{text}", out date);
        closed = new ClosedDate(isYearly ? null : date.Year, date.Month, date.Day);
        return isDated || isYearly;
    }

    private static bool TryDate(string text, out DateOnly date) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
}
