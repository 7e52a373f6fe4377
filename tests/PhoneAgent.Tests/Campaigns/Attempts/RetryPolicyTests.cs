using FsCheck;
using FsCheck.Fluent;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Windows;
using PhoneAgent.Tests.Campaigns.Windows;
using Xunit;

namespace PhoneAgent.Tests.Campaigns.Attempts;

public class RetryPolicyTests
{
    private static readonly TimeZoneInfo[] s_utc = [TimeZoneInfo.Utc];
    private static readonly CallingWindow s_always = CallingWindowTests.Window("0:00-24:00", Enum.GetValues<DayOfWeek>());
    private static readonly CallingWindow s_days = CallingWindowTests.Window("9:00-17:00", Enum.GetValues<DayOfWeek>());
    private static readonly DateTimeOffset s_noon = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1, 30)]
    [InlineData(2, 60)]
    [InlineData(3, 90)] // 'longest'
    public void The_wait_grows_up_to_its_longest(int attempts, int minutes)
    {
        var options = new RetryOptions
        {
            Attempts = 10,
            Spacing = TimeSpan.FromMinutes(1),
            Rules = new Dictionary<AttemptOutcome, RetryRule> { [AttemptOutcome.Busy] = new(TimeSpan.FromMinutes(30)) { Factor = 2, Longest = TimeSpan.FromMinutes(90) } },
        };
        DateTimeOffset ended = s_noon.AddSeconds(20);
        Assert.Equal(ended.AddMinutes(minutes), new RetryPolicy(options, s_always).NextDue(AttemptOutcome.Busy, attempts, s_noon, ended, s_utc));
    }

    [Fact]
    public void The_spacing_counts_from_the_beginning_and_holds_for_short_waits()
    {
        var options = new RetryOptions
        {
            Spacing = TimeSpan.FromHours(2),
            Rules = new Dictionary<AttemptOutcome, RetryRule> { [AttemptOutcome.Busy] = new(TimeSpan.FromMinutes(5)) },
        };
        Assert.Equal(s_noon.AddHours(2), new RetryPolicy(options, s_always).NextDue(AttemptOutcome.Busy, 1, s_noon, s_noon.AddMinutes(1), s_utc));
    }

    [Fact]
    public void What_is_due_at_night_waits_for_the_morning() =>
        Assert.Equal(s_noon.AddHours(21), new RetryPolicy(new RetryOptions(), s_days).NextDue(AttemptOutcome.Machine, 1, s_noon, s_noon.AddMinutes(1), s_utc));

    [Theory]
    [InlineData(AttemptOutcome.Answered)]
    [InlineData(AttemptOutcome.OptedOut)]
    [InlineData(AttemptOutcome.MessageLeft)]
    public void Some_are_never_called_again_whatever_the_plan_says(AttemptOutcome outcome)
    {
        var options = new RetryOptions { Rules = new Dictionary<AttemptOutcome, RetryRule> { [outcome] = new(TimeSpan.FromHours(1)) } };
        Assert.Null(new RetryPolicy(options, s_always).NextDue(outcome, 1, s_noon, s_noon, s_utc));
    }

    [Fact]
    public void A_contact_that_can_never_be_called_is_finished() =>
        Assert.Null(new RetryPolicy(new RetryOptions(), s_days).NextDue(AttemptOutcome.Busy, 1, s_noon, s_noon, []));

    private sealed record Case(RetryOptions Options, AttemptOutcome Outcome, int Attempts, DateTimeOffset StartedAt, DateTimeOffset EndedAt);

    private static readonly Arbitrary<Case> s_cases = Arb.From(
        from attempts in Gen.Choose(1, 12)
        from most in Gen.Choose(1, 10)
        from spacing in Gen.Choose(1, 2_000)
        from after in Gen.Choose(1, 5_000)
        from factor in Gen.Choose(10, 100)
        from ruleAttempts in Gen.Choose(0, 10)
        from outcome in Gen.Elements(Enum.GetValues<AttemptOutcome>())
        from ruled in Gen.Elements(Enum.GetValues<AttemptOutcome>())
        from started in Gen.Choose(0, 500_000)
        from length in Gen.Choose(0, 300)
        let startedAt = s_noon.AddMinutes(started)
        select new Case(
            new RetryOptions
            {
                Attempts = most,
                Spacing = TimeSpan.FromMinutes(spacing),
                Rules = new Dictionary<AttemptOutcome, RetryRule>
                {
                    [ruled] = new(TimeSpan.FromMinutes(after)) { Factor = factor / 10.0, Attempts = ruleAttempts == 0 ? null : ruleAttempts },
                    [AttemptOutcome.NoAnswer] = new(TimeSpan.FromMinutes(after)),
                },
            },
            outcome, attempts, startedAt, startedAt.AddMinutes(length)));

    [Fact]
    public void Nobody_is_called_within_the_spacing_nor_outside_the_window_nor_too_often() =>
        Prop.ForAll(s_cases, test =>
        {
            TimeZoneInfo[] zones = [TimeZoneInfo.FindSystemTimeZoneById("America/New_York")];
            DateTimeOffset? due = new RetryPolicy(test.Options, s_days).NextDue(test.Outcome, test.Attempts, test.StartedAt, test.EndedAt, zones);
            if (due is not { } at)
                return true;
            RetryRule rule = test.Options.Rules[test.Outcome];
            return at >= test.StartedAt + test.Options.Spacing && at >= test.EndedAt + (rule.After < RetryPolicy.LongestWait ? rule.After : RetryPolicy.LongestWait)
                && s_days.IsOpen(at, zones) && test.Attempts < test.Options.Attempts && test.Attempts < (rule.Attempts ?? int.MaxValue)
                && !RetryPolicy.NeverAgain.Contains(test.Outcome);
        }).QuickCheckThrowOnFailure();

    /// <summary>However long a campaign runs: a contact that never answers is given up after the attempts of the plan.</summary>
    [Fact]
    public void A_contact_is_called_so_often_and_not_more() =>
        Prop.ForAll(s_cases, test =>
        {
            var policy = new RetryPolicy(test.Options, s_days);
            int attempts = 0;
            for (DateTimeOffset? due = test.StartedAt; due is { } at && attempts <= 20; attempts++)
                due = policy.NextDue(AttemptOutcome.NoAnswer, attempts + 1, at, at.AddSeconds(30), s_utc);
            return attempts == Math.Min(test.Options.Attempts, test.Options.Rules[AttemptOutcome.NoAnswer].Attempts ?? int.MaxValue);
        }).QuickCheckThrowOnFailure();
}
