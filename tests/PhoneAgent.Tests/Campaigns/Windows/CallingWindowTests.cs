using System.Globalization;
using PhoneAgent.Campaigns.Windows;
using PhoneAgent.Conversation.Transfer.Humans;
using Xunit;

namespace PhoneAgent.Tests.Campaigns.Windows;

public class CallingWindowTests
{
    private static readonly DayOfWeek[] s_working = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday];

    private static CallingWindow Daily(string times, params string[] closed) => Window(times, Enum.GetValues<DayOfWeek>(), closed);

    /// <param name="times">"9:00-17:00, 22:00-26:00"; behind 24:00 it is the next day.</param>
    internal static CallingWindow Window(string times, IEnumerable<DayOfWeek> days, params string[] closed)
    {
        OpenTime[] open = [.. times.Split(", ").Select(time => time.Split('-')).Select(ends => new OpenTime(Time(ends[0]), Time(ends[1])))];
        return new CallingWindow(
            days.ToDictionary(day => day, IReadOnlyList<OpenTime> (_) => open),
            closed.Select(text => ClosedDate.TryParse(text, out ClosedDate date) ? date : throw new FormatException(text)).ToHashSet());
    }

    private static TimeSpan Time(string text) =>
        text.Split(':') is [var hours, var minutes] ? new TimeSpan(int.Parse(hours, CultureInfo.InvariantCulture), int.Parse(minutes, CultureInfo.InvariantCulture), 0) : throw new FormatException(text);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static TimeZoneInfo[] Zones(string names) => [.. names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(TimeZoneInfo.FindSystemTimeZoneById)];

    [Theory]
    [InlineData("2026-06-15T06:59:59.9999999Z", false)]
    [InlineData("2026-06-15T07:00Z", true)] // nine in Berlin, in summer
    [InlineData("2026-06-15T14:59:59.9999999Z", true)]
    [InlineData("2026-06-15T15:00Z", false)]
    [InlineData("2026-01-15T07:59Z", false)]
    [InlineData("2026-01-15T08:00Z", true)] // nine in Berlin, in winter
    [InlineData("2026-06-14T10:00Z", false)] // Sunday
    [InlineData("2026-12-25T10:00Z", false)] // every year's
    [InlineData("2026-05-14T10:00Z", false)] // this year's
    [InlineData("2027-05-14T10:00Z", true)]
    public void It_is_open_by_the_contacts_clock(string at, bool open)
    {
        CallingWindow window = Window("9:00-17:00", s_working, "12-25", "2026-05-14");
        Assert.Equal(open, window.IsOpen(At(at), Zones("Europe/Berlin")));
    }

    [Theory]
    // Clocks go forward: 2:00 to 3:00 does not exist on 29 March. A window that would begin there begins at the gap's end.
    [InlineData("2:30-4:00", "Europe/Berlin", "2026-03-28T20:00Z", "2026-03-29T01:00Z")]
    // One that lies in the gap is left out that day.
    [InlineData("2:15-2:45", "Europe/Berlin", "2026-03-28T20:00Z", "2026-03-30T00:15Z")]
    // Clocks go back: 2:00 to 3:00 comes twice on 25 October, and so does the window.
    [InlineData("2:30-3:00", "Europe/Berlin", "2026-10-25T00:00Z", "2026-10-25T00:30Z")]
    [InlineData("2:30-3:00", "Europe/Berlin", "2026-10-25T01:00Z", "2026-10-25T01:30Z")]
    // The clock goes back into a window that was over.
    [InlineData("1:00-2:10", "Europe/Berlin", "2026-10-25T00:30Z", "2026-10-25T01:00Z")]
    // Half an hour of change.
    [InlineData("2:15-4:00", "Australia/Lord_Howe", "2026-10-03T12:00Z", "2026-10-03T15:30Z")]
    // Midnight does not exist: Beirut changes at 0:00.
    [InlineData("0:00-6:00", "Asia/Beirut", "2026-03-28T20:00Z", "2026-03-28T22:00Z")]
    // A quarter of an hour off the rest of the world.
    [InlineData("9:00-17:00", "Asia/Kathmandu", "2026-03-28T20:00Z", "2026-03-29T03:15Z")]
    [InlineData("9:00-17:00", "America/New_York America/Los_Angeles", "2026-01-15T14:00Z", "2026-01-15T17:00Z")]
    [InlineData("9:00-17:00", "America/New_York America/Los_Angeles", "2026-01-15T22:00Z", "2026-01-16T17:00Z")]
    [InlineData("9:00-12:30, 13:30-18:00", "Europe/Berlin", "2026-01-15T11:45Z", "2026-01-15T12:30Z")]
    [InlineData("22:00-26:00", "Europe/Berlin", "2026-01-15T01:30Z", "2026-01-15T21:00Z")]
    [InlineData("9:00-17:00", "Europe/Berlin", "2026-01-15T10:00Z", "2026-01-15T10:00Z")]
    public void The_next_opening_is_the_first_open_instant(string times, string zones, string at, string expected)
    {
        DateTimeOffset? opening = Daily(times).NextOpening(At(at), Zones(zones));
        Assert.Equal(At(expected), opening);
    }

    /// <summary>Samoa went over the date line: there was no 30 December 2011.</summary>
    [Fact]
    public void A_day_that_a_country_left_out_is_left_out()
    {
        CallingWindow fridays = Window("9:00-17:00", [DayOfWeek.Friday]);
        DateTimeOffset? opening = fridays.NextOpening(At("2011-12-29T12:00Z"), Zones("Pacific/Apia"));
        Assert.Equal(At("2012-01-05T19:00Z"), opening);
    }

    [Fact]
    public void A_time_over_midnight_ends_before_a_day_off_and_does_not_begin_on_one()
    {
        CallingWindow nights = Daily("22:00-26:00", "12-25");
        TimeZoneInfo[] utc = Zones("UTC");
        Assert.True(nights.IsOpen(At("2026-12-24T23:59Z"), utc));
        Assert.False(nights.IsOpen(At("2026-12-25T00:00Z"), utc));
        Assert.False(nights.IsOpen(At("2026-12-25T23:00Z"), utc));
        Assert.False(nights.IsOpen(At("2026-12-26T01:00Z"), utc));
        Assert.Equal(At("2026-12-26T22:00Z"), nights.NextOpening(At("2026-12-25T00:00Z"), utc));
    }

    [Fact]
    public void What_never_opens_says_so()
    {
        Assert.Null(Daily("9:00-17:00").NextOpening(At("2026-01-01T00:00Z"), []));
        Assert.False(Daily("9:00-17:00").IsOpen(At("2026-01-01T12:00Z"), []));
        Assert.Null(Window("9:00-17:00", []).NextOpening(At("2026-01-01T00:00Z"), Zones("UTC")));
        // Ten hours apart: no hour is one of work in both.
        Assert.Null(Daily("9:00-17:00").NextOpening(At("2026-01-01T00:00Z"), Zones("Europe/Kaliningrad Asia/Kamchatka")));
    }

    [Fact]
    public void The_time_is_told_with_the_askers_offset()
    {
        DateTimeOffset at = new(2026, 1, 15, 3, 0, 0, TimeSpan.FromHours(5));
        Assert.Equal(TimeSpan.FromHours(5), Daily("9:00-17:00").NextOpening(at, Zones("Europe/Berlin"))!.Value.Offset);
    }
}
