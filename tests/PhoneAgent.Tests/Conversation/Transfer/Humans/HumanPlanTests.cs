using PhoneAgent.Conversation.Transfer.Humans;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Transfer.Humans;

public sealed class HumanPlanTests
{
    private static readonly DateTimeOffset Monday = new(2026, 6, 1, 10, 0, 0, TimeSpan.Zero);

    private static IEnumerable<string> Asked(HumanPlan plan, string? skill = null, DateTimeOffset? at = null) =>
        plan.Choose(skill, at ?? Monday).Select(target => target.Number);

    private static HumanTarget[] Three => [new("1"), new("2") { Skills = ["Billing", "sales"] }, new("3") { Skills = ["sales"] }];

    private static OpeningHours Hours(string zone, string from, string to, params DayOfWeek[] days) => new(
        TimeZoneInfo.FindSystemTimeZoneById(zone),
        days.ToDictionary(day => day, _ => (IReadOnlyList<OpenTime>)[new OpenTime(TimeSpan.Parse(from, null), TimeSpan.Parse(to, null))]),
        new HashSet<ClosedDate>());

    [Fact]
    public void In_order_begins_with_the_first_every_time()
    {
        var plan = new HumanPlan { Targets = Three };
        Assert.Equal(["1", "2", "3"], Asked(plan));
        Assert.Equal(["1", "2", "3"], Asked(plan));
    }

    [Fact]
    public void Round_robin_begins_with_the_next_one_in_each_call_and_asks_all()
    {
        var plan = new HumanPlan { Targets = Three, Order = HumanOrder.RoundRobin };
        Assert.Equal(["1", "2", "3"], Asked(plan));
        Assert.Equal(["2", "3", "1"], Asked(plan));
        Assert.Equal(["3", "1", "2"], Asked(plan));
        Assert.Equal(["1", "2", "3"], Asked(plan));
    }

    [Fact]
    public void Round_robin_is_fair_to_calls_at_the_same_time()
    {
        var plan = new HumanPlan { Targets = Three, Order = HumanOrder.RoundRobin };
        string[] first = [.. Enumerable.Range(0, 300).AsParallel().Select(_ => Asked(plan).First())];
        Assert.All(first.CountBy(number => number), pair => Assert.Equal(100, pair.Value));
    }

    [Fact]
    public void A_skill_asks_those_who_have_it_and_all_where_nobody_has()
    {
        var plan = new HumanPlan { Targets = Three };
        Assert.Equal(["2"], Asked(plan, "billing"));
        Assert.Equal(["2", "3"], Asked(plan, "sales"));
        Assert.Equal(["1", "2", "3"], Asked(plan, "plumbing"));
    }

    [Fact]
    public void Who_is_not_there_is_not_asked_and_the_last_resort_is_whatever_the_hours()
    {
        HumanTarget weekend = new("4") { Hours = Hours("UTC", "08:00", "20:00", DayOfWeek.Saturday) };
        var plan = new HumanPlan
        {
            Targets = [.. Three, weekend],
            Hours = Hours("UTC", "09:00", "17:00", DayOfWeek.Monday),
            LastResort = new HumanTarget("9"),
        };
        Assert.Equal(["1", "2", "3", "9"], Asked(plan));
        Assert.Equal(["4", "9"], Asked(plan, at: Monday.AddDays(5)));
        Assert.Equal(["9"], Asked(plan, at: Monday.AddDays(1)));
        Assert.Empty(new HumanPlan { Targets = Three, Hours = plan.Hours }.Choose(null, Monday.AddDays(1)));
    }

    [Theory]
    // 9:00 in New York is 13:00 UTC in summer and 14:00 in winter.
    [InlineData("2026-06-01T12:59:59Z", false)]
    [InlineData("2026-06-01T13:00:00Z", true)]
    [InlineData("2026-06-01T20:59:59Z", true)]
    [InlineData("2026-06-01T21:00:00Z", false)]
    [InlineData("2026-01-05T13:30:00Z", false)]
    [InlineData("2026-01-05T14:00:00Z", true)]
    public void Hours_are_those_of_the_place(string at, bool open)
    {
        var hours = Hours("America/New_York", "09:00", "17:00", DayOfWeek.Monday);
        Assert.Equal(open, hours.IsOpen(DateTimeOffset.Parse(at, null)));
    }

    [Fact]
    public void The_day_is_that_of_the_place()
    {
        // Monday 22:30 UTC is Tuesday 7:30 in Tokyo.
        var hours = Hours("Asia/Tokyo", "07:00", "08:00", DayOfWeek.Tuesday);
        Assert.True(hours.IsOpen(new DateTimeOffset(2026, 6, 1, 22, 30, 0, TimeSpan.Zero)));
        Assert.False(hours.IsOpen(new DateTimeOffset(2026, 6, 2, 22, 30, 0, TimeSpan.Zero)));
    }

    [Fact]
    public void A_time_over_midnight_belongs_to_the_day_on_which_it_begins()
    {
        var night = new OpeningHours(TimeZoneInfo.Utc, new Dictionary<DayOfWeek, IReadOnlyList<OpenTime>>
        {
            [DayOfWeek.Friday] = [new OpenTime(TimeSpan.FromHours(22), TimeSpan.FromHours(30))],
        }, new HashSet<ClosedDate> { new(2026, 6, 12) });
        Assert.True(night.IsOpen(new DateTimeOffset(2026, 6, 5, 23, 0, 0, TimeSpan.Zero)));
        Assert.True(night.IsOpen(new DateTimeOffset(2026, 6, 6, 5, 59, 0, TimeSpan.Zero)));
        Assert.False(night.IsOpen(new DateTimeOffset(2026, 6, 6, 6, 0, 0, TimeSpan.Zero)));
        Assert.False(night.IsOpen(new DateTimeOffset(2026, 6, 6, 23, 0, 0, TimeSpan.Zero)));
        // The Friday is closed, and so is its night.
        Assert.False(night.IsOpen(new DateTimeOffset(2026, 6, 13, 1, 0, 0, TimeSpan.Zero)));
    }

    [Fact]
    public void A_closed_date_is_of_one_year_or_of_every_year()
    {
        var hours = Hours("UTC", "00:00", "23:59", Enum.GetValues<DayOfWeek>()) with { Closed = new HashSet<ClosedDate> { new(null, 12, 25), new(2026, 6, 2) } };
        Assert.True(hours.IsOpen(new DateTimeOffset(2027, 6, 2, 12, 0, 0, TimeSpan.Zero)));
        Assert.False(hours.IsOpen(new DateTimeOffset(2026, 6, 2, 12, 0, 0, TimeSpan.Zero)));
        Assert.False(hours.IsOpen(new DateTimeOffset(2029, 12, 25, 12, 0, 0, TimeSpan.Zero)));
    }
}
