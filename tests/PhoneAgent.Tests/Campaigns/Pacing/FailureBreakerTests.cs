using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Pacing;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Campaigns.Pacing;

public class FailureBreakerTests
{
    private readonly VirtualTime _time = new();
    private readonly FailureBreaker _breaker;

    public FailureBreakerTests() => _breaker = new FailureBreaker(
        new BreakerOptions { FailureShare = 0.5, MinimumCalls = 4, Window = TimeSpan.FromMinutes(1), Pause = TimeSpan.FromMinutes(1), LongestPause = TimeSpan.FromMinutes(3) }, _time);

    private void Call(AttemptOutcome outcome) => _breaker.TryBegin()!.Report(outcome);

    private void Pause()
    {
        for (int i = 0; i < 4; i++)
            Call(AttemptOutcome.Failed);
        Assert.NotNull(_breaker.PausedUntil);
    }

    [Fact]
    public void It_pauses_when_the_share_fails_and_not_before_there_are_enough()
    {
        Call(AttemptOutcome.Failed);
        Call(AttemptOutcome.Failed);
        Call(AttemptOutcome.Answered);
        Assert.Null(_breaker.PausedUntil);
        Call(AttemptOutcome.Failed);
        Assert.Null(_breaker.TryBegin());
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromMinutes(1), _breaker.PausedUntil);
    }

    [Fact]
    public void People_who_are_busy_or_do_not_answer_are_no_failure()
    {
        foreach (AttemptOutcome outcome in Enum.GetValues<AttemptOutcome>().Where(outcome => outcome != AttemptOutcome.Failed))
            for (int i = 0; i < 5; i++)
                Call(outcome);
        Assert.Null(_breaker.PausedUntil);
    }

    [Fact]
    public void Old_failures_are_forgotten()
    {
        for (int i = 0; i < 3; i++)
            Call(AttemptOutcome.Failed);
        _time.Advance(TimeSpan.FromMinutes(2));
        Call(AttemptOutcome.Failed);
        Assert.Null(_breaker.PausedUntil);
    }

    [Fact]
    public void After_the_pause_one_call_tries_and_success_ends_it()
    {
        Pause();
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Null(_breaker.TryBegin());
        _time.Advance(TimeSpan.FromSeconds(1));
        CallPermit trial = _breaker.TryBegin()!;
        Assert.True(trial.IsTrial);
        Assert.Null(_breaker.TryBegin());
        trial.Report(AttemptOutcome.Busy);
        Assert.Null(_breaker.PausedUntil);
        Assert.False(_breaker.TryBegin()!.IsTrial);
    }

    [Fact]
    public void A_trial_that_fails_doubles_the_pause_up_to_the_longest()
    {
        Pause();
        foreach (int minutes in new[] { 2, 3, 3 })
        {
            _time.Advance(_breaker.PausedUntil!.Value - _time.GetUtcNow());
            _breaker.TryBegin()!.Report(AttemptOutcome.Failed);
            Assert.Equal(_time.GetUtcNow() + TimeSpan.FromMinutes(minutes), _breaker.PausedUntil);
        }
    }

    [Fact]
    public void A_trial_that_was_given_up_leaves_room_for_the_next()
    {
        Pause();
        _time.Advance(TimeSpan.FromMinutes(1));
        _breaker.TryBegin()!.Dispose();
        Assert.True(_breaker.TryBegin()!.IsTrial);
    }

    /// <summary>Calls that began before the pause end in it, one way or the other: that says nothing about now.</summary>
    [Fact]
    public void Calls_that_began_before_the_pause_neither_end_it_nor_lengthen_it()
    {
        CallPermit[] before = [_breaker.TryBegin()!, _breaker.TryBegin()!];
        Pause();
        DateTimeOffset? until = _breaker.PausedUntil;
        before[0].Report(AttemptOutcome.Answered);
        _time.Advance(TimeSpan.FromMinutes(1));
        before[1].Report(AttemptOutcome.Failed);
        Assert.Equal(until, _breaker.PausedUntil);
        Assert.True(_breaker.TryBegin()!.IsTrial);
    }

    [Fact]
    public void A_call_is_told_once()
    {
        for (int i = 0; i < 3; i++)
            Call(AttemptOutcome.Failed);
        CallPermit permit = _breaker.TryBegin()!;
        permit.Report(AttemptOutcome.Answered);
        permit.Report(AttemptOutcome.Failed);
        permit.Dispose();
        Assert.Null(_breaker.PausedUntil); // a fourth failure would have paused it
    }
}
