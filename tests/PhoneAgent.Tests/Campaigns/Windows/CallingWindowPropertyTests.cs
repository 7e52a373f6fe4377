using FsCheck;
using FsCheck.Fluent;
using PhoneAgent.Campaigns.Windows;
using PhoneAgent.Conversation.Transfer.Humans;
using Xunit;

namespace PhoneAgent.Tests.Campaigns.Windows;

/// <summary>Any window, in any zones of the world, at any time, and twice as often around the nights when clocks are changed.</summary>
public class CallingWindowPropertyTests
{
    private static readonly TimeZoneInfo[] s_zones =
        [.. TimeZoneInfo.GetSystemTimeZones().Where(zone => zone.Id.Contains('/', StringComparison.Ordinal)).OrderBy(zone => zone.Id, StringComparer.Ordinal)];

    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(300);

    /// <param name="At">Minutes are whole, as all offsets and windows are.</param>
    private sealed record Case(CallingWindow Window, TimeZoneInfo[] Zones, DateTimeOffset At, TimeSpan Later);

    private static readonly Arbitrary<Case> s_cases = Arb.From(
        from first in Gen.Elements(s_zones)
        from others in Gen.Frequency((3, Gen.Constant(Array.Empty<TimeZoneInfo>())), (1, Gen.Elements(s_zones).Select(zone => new[] { zone })))
        from window in Windows()
        from at in Gen.Frequency((1, AnyTime()), (2, NearChange(first)))
        from later in Gen.Choose(0, 3 * 24 * 60)
        select new Case(window, [first, .. others], at, TimeSpan.FromMinutes(later)));

    private static Gen<CallingWindow> Windows() =>
        from days in Gen.SubListOf(Enum.GetValues<DayOfWeek>())
        from times in Gen.NonEmptyListOf(from start in Gen.Choose(0, 24 * 60 - 1) from length in Gen.Choose(1, 12 * 60) select new OpenTime(TimeSpan.FromMinutes(start), TimeSpan.FromMinutes(start + length)))
        from closed in Gen.ListOf(Gen.Choose(0, 365).Select(day => new DateOnly(2024, 1, 1).AddDays(day))).Resize(5)
        select new CallingWindow(
            days.ToDictionary(day => day, IReadOnlyList<OpenTime> (_) => [.. times]), closed.Select(day => new ClosedDate(null, day.Month, day.Day)).ToHashSet());

    private static Gen<DateTimeOffset> AnyTime() =>
        Gen.Choose(0, 15 * 365 * 24 * 60).Select(minutes => new DateTimeOffset(2015, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(minutes));

    private static Gen<DateTimeOffset> NearChange(TimeZoneInfo zone) =>
        from year in Gen.Choose(2015, 2030)
        from skip in Gen.Choose(0, 1)
        from minutes in Gen.Choose(-36 * 60, 6 * 60)
        select Change(zone, year, skip).AddMinutes(minutes);

    /// <summary>The year's first or second change of the zone's clocks; some day when it has none.</summary>
    private static DateTimeOffset Change(TimeZoneInfo zone, int year, int skip)
    {
        var day = new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (int i = 0; i < 365; i++, day = day.AddDays(1))
            if (zone.GetUtcOffset(day) != zone.GetUtcOffset(day.AddDays(1)) && skip-- == 0)
                return OffsetClock.NextChange(zone, day, day.AddDays(1));
        return day;
    }

    [Fact]
    public void The_world_has_its_zones() => Assert.True(s_zones.Length > 300, $"only {s_zones.Length} time zones; is tzdata installed?");

    [Fact]
    public void It_is_never_open_outside_the_hours_of_any_zone() =>
        Prop.ForAll(s_cases, test => !test.Window.IsOpen(test.At, test.Zones) || test.Zones.All(zone => IsWithinHours(test.Window, TimeZoneInfo.ConvertTime(test.At, zone).DateTime)))
            .Check(s_config);

    [Fact]
    public void The_next_opening_is_open_and_nothing_before_it_is() =>
        Prop.ForAll(s_cases, test =>
        {
            DateTimeOffset? opening = test.Window.NextOpening(test.At, test.Zones);
            if (opening is { } found && (found < test.At || !test.Window.IsOpen(found, test.Zones)))
                return false;
            // Every minute of the days before it, for as long as it is worth looking.
            DateTimeOffset end = opening is { } next && next - test.At < TimeSpan.FromDays(3) ? next : test.At.AddDays(3);
            for (DateTimeOffset at = test.At; at < end; at = at.AddMinutes(1))
                if (test.Window.IsOpen(at, test.Zones))
                    return false;
            return opening is null || opening == test.At || !test.Window.IsOpen(opening.Value.AddTicks(-1), test.Zones);
        }).Check(s_config.WithMaxTest(150));

    [Fact]
    public void Who_asks_later_is_never_told_earlier() =>
        Prop.ForAll(s_cases, test =>
            (test.Window.NextOpening(test.At, test.Zones) ?? DateTimeOffset.MaxValue) <= (test.Window.NextOpening(test.At + test.Later, test.Zones) ?? DateTimeOffset.MaxValue)
            // Near the end of what is looked at the earlier asker may not see what the later one does.
            || test.Window.NextOpening(test.At, test.Zones) is null)
            .Check(s_config);

    [Fact]
    public void Asking_again_at_the_opening_gives_the_same() =>
        Prop.ForAll(s_cases, test => test.Window.NextOpening(test.At, test.Zones) is not { } opening || test.Window.NextOpening(opening, test.Zones) == opening).Check(s_config);

    /// <summary>The same said in another way: some stretch that began today or yesterday covers the moment.</summary>
    private static bool IsWithinHours(CallingWindow window, DateTime local) =>
        !IsOff(window, local.Date) && new[] { local.Date, local.Date.AddDays(-1) }.Any(day => !IsOff(window, day)
            && window.Week.TryGetValue(day.DayOfWeek, out IReadOnlyList<OpenTime>? times) && times.Any(time => day + time.From <= local && local < day + time.To));

    private static bool IsOff(CallingWindow window, DateTime day) => window.Closed.Any(closed => closed.Is(DateOnly.FromDateTime(day)));
}
