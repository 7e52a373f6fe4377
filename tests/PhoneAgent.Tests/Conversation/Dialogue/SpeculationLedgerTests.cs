using PhoneAgent.Conversation.Dialogue;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Dialogue;

public class SpeculationLedgerTests
{
    private readonly SpeculationLedger _ledger = new();

    [Fact]
    public void Guesses_that_hit_more_than_they_miss_go_on()
    {
        for (int i = 0; i < 200; i++)
            Assert.Null(Guess(hit: i % 2 == 0));
        Assert.Equal(new SpeculationTally(true, 100, 100, 0, 1000, TimeSpan.FromSeconds(100)), _ledger.Tally);
    }

    [Fact]
    public void Guesses_that_miss_are_switched_off_after_ten()
    {
        for (int i = 0; i < 9; i++)
            Assert.Null(Guess(hit: i < 3));
        Assert.Equal(new SpeculationSwitch(false, 0.3, 30), Guess(hit: false));
        Assert.False(_ledger.Begin(out _));
        Assert.Equal(1, _ledger.Tally.Skipped);
    }

    [Fact]
    public void A_trial_that_pays_ends_the_rest()
    {
        SwitchOff();
        Assert.Equal(29, Rest());
        for (int i = 0; i < 4; i++)
        {
            Assert.True(_ledger.Begin(out _));
            Assert.Null(i < 3 ? _ledger.Hit() : _ledger.Miss(0, default));
        }
        Assert.Null(_ledger.Miss(0, default)); // three of five
        Assert.True(_ledger.Tally.IsOn);
        // From here on the window counts again, with what the trial showed.
        for (int i = 0; i < 3; i++)
            Assert.Null(Guess(hit: false));
        Assert.True(_ledger.Tally.IsOn);
    }

    [Fact]
    public void Trials_that_do_not_pay_become_rare()
    {
        SwitchOff();
        foreach (int rest in new[] { 30, 60, 120, 240, 480, 480 })
        {
            Assert.Equal(rest - 1, Rest());
            for (int i = 0; i < 4; i++)
                Assert.Null(_ledger.Miss(0, default));
            Assert.Equal(Math.Min(480, rest * 2), _ledger.Miss(0, default)!.TrialAfter);
        }
    }

    [Fact]
    public void What_was_begun_before_it_was_switched_off_does_not_count_for_the_next_trial()
    {
        SwitchOff();
        for (int i = 0; i < 10; i++)
            Assert.Null(_ledger.Hit());
        Assert.False(_ledger.Tally.IsOn);
        Rest();
        for (int i = 0; i < 4; i++)
            Assert.Null(_ledger.Miss(0, default));
        Assert.False(_ledger.Miss(0, default)!.IsOn);
    }

    [Fact]
    public void Calls_share_it_without_losing_a_count()
    {
        Parallel.For(0, 4000, i =>
        {
            if (!_ledger.Begin(out _))
                return;
            if (i % 3 == 0)
                _ledger.Hit();
            else
                _ledger.Miss(1, TimeSpan.FromMilliseconds(1));
        });
        SpeculationTally tally = _ledger.Tally;
        Assert.Equal(4000, tally.Hits + tally.Misses + tally.Skipped);
        Assert.Equal(tally.Misses, tally.WastedTokens);
        Assert.Equal(tally.Misses, (long)tally.WastedAudio.TotalMilliseconds);
    }

    private SpeculationSwitch? Guess(bool hit)
    {
        Assert.True(_ledger.Begin(out _));
        return hit ? _ledger.Hit() : _ledger.Miss(10, TimeSpan.FromSeconds(1));
    }

    private void SwitchOff()
    {
        for (int i = 0; i < 10; i++)
            Guess(hit: false);
        Assert.False(_ledger.Tally.IsOn);
    }

    /// <summary>Turns that are not guessed until the next trial begins.</summary>
    private int Rest()
    {
        for (int skipped = 0; ; skipped++)
        {
            if (!_ledger.Begin(out SpeculationSwitch? change))
                continue;
            Assert.True(change!.IsOn);
            return skipped;
        }
    }
}
