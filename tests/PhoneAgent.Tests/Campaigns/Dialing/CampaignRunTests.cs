using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.Dialing;
using PhoneAgent.Campaigns.DoNotCall;
using Xunit;

namespace PhoneAgent.Tests.Campaigns.Dialing;

public class CampaignRunTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>As fast as the trunk: ten calls a second.</summary>
    private static readonly string Fast = DialerScript.Definition.Replace("{calls_at_once: 3, calls_per_second: 1}", "{calls_at_once: 50, calls_per_second: 100}", StringComparison.Ordinal);

    [Fact]
    public void Calls_begin_at_the_pace_and_never_more_at_once_than_allowed()
    {
        var script = new DialerScript(contacts: 5);
        script.Play(Minute);
        Assert.Equal(["1 09:00:00 runs", "2 09:00:01 runs", "3 09:00:02 runs"], script.Log);
        script.Line.End(0, AttemptOutcome.Answered);
        script.Play(Minute);
        Assert.Equal(["1 09:00:00 Answered", "2 09:00:01 runs", "3 09:00:02 runs", "4 09:01:00 runs"], script.Log);
        Assert.Equal(3, script.Line.Running);
    }

    [Fact]
    public void A_limit_that_is_used_up_after_the_attempt_was_written_costs_nobody_an_attempt()
    {
        var script = new DialerScript(contacts: 1);
        script.Step();
        script.Line.End(0, CallReport.NotPlaced(new Clearance.NotBefore(script.Time.GetUtcNow().AddSeconds(10), "outbound.calls_at_once")));
        Contact contact = Assert.Single(script.Store.Contacts);
        Assert.Equal((ContactState.Waiting, 0, null), (contact.State, contact.Attempts, contact.LastOutcome));
        Assert.Empty(script.Log);
        // Sooner than the spacing of calls.
        script.Play(TimeSpan.FromSeconds(15));
        Assert.Equal(["1 09:00:10 runs"], script.Log);
        Assert.Equal(1, Assert.Single(script.Store.Attempts).Number);
    }

    [Fact]
    public void A_limit_says_nothing_about_the_trunk_and_takes_no_place_in_the_pace()
    {
        var script = new DialerScript(contacts: 20);
        for (int i = 0; i < 20; i++)
        {
            script.Play(TimeSpan.FromSeconds(1));
            script.Line.End(i, CallReport.NotPlaced(new Clearance.NotBefore(script.Time.GetUtcNow() + Minute, "sip.max_calls")));
        }
        Assert.Equal((20, 0), (script.Line.Placed.Count, script.Line.Running));
        script.Play(2 * Minute);
        Assert.Equal(3, script.Line.Running);
    }

    [Fact]
    public void A_limit_that_ends_after_the_window_waits_for_the_next_day()
    {
        var script = new DialerScript(contacts: 1);
        script.Time.Advance(TimeSpan.FromHours(9) - TimeSpan.FromSeconds(30));
        script.Step();
        script.Line.End(0, CallReport.NotPlaced(new Clearance.NotBefore(script.Time.GetUtcNow() + Minute, "outbound.calls_per_hour")));
        Assert.Equal(script.Time.GetUtcNow().Date.AddDays(1).AddHours(9), Assert.Single(script.Store.Contacts).DueAt!.Value.UtcDateTime);
    }

    [Fact]
    public void An_attempt_is_on_disk_before_it_is_dialled()
    {
        var script = new DialerScript(contacts: 1);
        script.Step();
        CallOrder order = Assert.Single(script.Line.Placed);
        Assert.Equal(order.Attempt, Assert.Single(script.Store.Attempts));
        Assert.Equal("a", order.Attempt.Node);
    }

    [Fact]
    public async Task Attempts_wait_for_the_disk_together_and_none_is_dialled_before()
    {
        var script = new DialerScript(contacts: 5, Fast);
        var disk = new TaskCompletionSource();
        (script.Store.Disk, int waiting) = (disk.Task, 0);
        script.Store.BeforeBegin = _ => waiting++;
        Task<TimeSpan> step = script.Run.GuardedStepAsync();
        Assert.Equal((2, 0, false), (waiting, script.Line.Placed.Count, step.IsCompleted));
        disk.SetResult();
        await step;
        Assert.Equal((2, 2), (waiting, script.Line.Placed.Count));
    }

    [Fact]
    public async Task Who_waits_for_the_disk_has_an_agent_of_his_own_already()
    {
        var script = new DialerScript(contacts: 5, Fast);
        var disk = new TaskCompletionSource();
        (script.Store.Disk, int waiting) = (disk.Task, 0);
        script.Store.BeforeBegin = _ => waiting++;
        script.Line.Room = 1;
        Task<TimeSpan> step = script.Run.GuardedStepAsync();
        Assert.Equal(1, waiting);
        script.Line.Room = 0;
        disk.SetResult();
        await step;
        Assert.Single(script.Line.Placed);
    }

    [Fact]
    public void What_the_store_fails_one_with_is_not_its_neighbours()
    {
        var script = new DialerScript(contacts: 2, Fast);
        int failures = 0;
        script.Store.BeforeBegin = lease =>
        {
            if (lease.Contact.Number == DialerScript.Number(0) && failures++ == 0)
                throw new CampaignStoreException("connection reset");
        };
        script.Step();
        Assert.Equal(DialerScript.Number(1), Assert.Single(script.Line.Placed).Contact.Number);
        // Whether it was written is not known: it comes back like a dead node's, when its lease ends.
        script.Play(TimeSpan.FromSeconds(20));
        Assert.Single(script.Line.Placed);
        script.Time.Advance(Minute);
        DialerScript.Do(script.Store.RecoverAsync(script.Time.GetUtcNow(), Minute, default));
        script.Step();
        Assert.Equal([DialerScript.Number(1), DialerScript.Number(0)], script.Line.Placed.Select(order => order.Contact.Number));
    }

    [Fact]
    public void The_pace_is_kept_while_no_call_ends()
    {
        var script = new DialerScript(contacts: 50, Fast);
        script.Play(TimeSpan.FromSeconds(3));
        // Ten a second; the first of them a tenth of a second early.
        Assert.InRange(script.Line.Placed.Count, 31, 32);
    }

    [Fact]
    public void Busy_backs_off_and_grows()
    {
        var script = new DialerScript(contacts: 1);
        script.Step();
        script.Line.End(0, AttemptOutcome.Busy);
        script.Play(TimeSpan.FromMinutes(21));
        script.Line.End(1, AttemptOutcome.Busy);
        script.Play(TimeSpan.FromMinutes(41));
        Assert.Equal(["1 09:00:00 Busy", "1 09:20:00 Busy", "1 10:01:00 runs"], script.Log);
    }

    [Fact]
    public void The_last_attempt_finishes_the_contact()
    {
        var script = new DialerScript(contacts: 1);
        for (int attempt = 0; attempt < 4; attempt++)
        {
            script.Play(TimeSpan.FromHours(2));
            script.Line.End(attempt, AttemptOutcome.NoAnswer);
        }
        script.Play(TimeSpan.FromDays(2));
        Assert.Equal(4, script.Line.Placed.Count);
        Assert.Equal(ContactState.Finished, script.Store.Contacts[0].State);
    }

    [Fact]
    public void A_window_that_closes_while_contacts_are_in_hand_sends_them_to_the_next_day()
    {
        var script = new DialerScript(contacts: 5);
        script.Time.Advance(TimeSpan.FromHours(9) - TimeSpan.FromSeconds(1.7));
        script.Play(Minute);
        Assert.Equal(["1 17:59:58 runs", "2 17:59:59 runs"], script.Log);
        Assert.All(script.Store.Contacts.Skip(2), contact => Assert.Equal((ContactState.Waiting, 9, 2), (contact.State, contact.DueAt!.Value.Hour, contact.DueAt.Value.Day)));
    }

    [Fact]
    public void A_contact_whose_zone_is_closed_waits_for_its_own_morning()
    {
        var script = new DialerScript(contacts: 0);
        DialerScript.Do(script.Store.ImportAsync(DialerScript.Id, [new NewContact { Number = DialerScript.Number(1), TimeZone = "America/New_York" }], script.Time.GetUtcNow(), default));
        script.Play(Minute);
        Assert.Empty(script.Line.Placed);
        // 09:00 in New York, in winter.
        Assert.Equal(TimeSpan.FromHours(14), script.Store.Contacts[0].DueAt!.Value.TimeOfDay);
        script.Play(TimeSpan.FromHours(5));
        Assert.Single(script.Line.Placed);
    }

    [Fact]
    public void A_pause_begins_nothing_and_lets_running_calls_end()
    {
        var script = new DialerScript(contacts: 5);
        script.Play(TimeSpan.FromSeconds(1));
        script.Run.Pause(true);
        script.Set(CampaignState.Running, CampaignState.Paused);
        script.Play(Minute);
        Assert.Equal(2, script.Line.Placed.Count);
        Assert.Equal(2, script.Store.Contacts.Count(contact => contact.State == ContactState.Leased));
        script.Line.EndAll(AttemptOutcome.Answered);
        script.Play(Minute);
        Assert.Equal(2, script.Line.Placed.Count);
        script.Set(CampaignState.Paused, CampaignState.Running);
        script.Run.Pause(false);
        script.Play(Minute);
        Assert.Equal(5, script.Line.Placed.Count);
    }

    [Fact]
    public void A_pause_elsewhere_counts_before_it_is_noticed_here()
    {
        var script = new DialerScript(contacts: 2);
        script.Step();
        script.Set(CampaignState.Running, CampaignState.Paused);
        script.Play(Minute);
        Assert.Single(script.Line.Placed);
    }

    [Fact]
    public void A_number_that_is_put_on_the_list_while_its_call_is_prepared_is_not_dialled()
    {
        var script = new DialerScript(contacts: 2);
        script.Store.BeforeBegin = lease =>
        {
            if (lease.Contact.Number == DialerScript.Number(0))
                script.Store.AddAsync(new DoNotCallEntry("company", DialerScript.Number(0), script.Time.GetUtcNow(), "test"), default);
        };
        script.Play(Minute);
        Assert.Equal(DialerScript.Number(1), Assert.Single(script.Line.Placed).Contact.Number);
        Assert.Equal((ContactState.Finished, 0), (script.Store.Contacts[0].State, script.Store.Contacts[0].Attempts));
    }

    [Fact]
    public void Failures_open_the_breaker_and_one_call_tries_again()
    {
        var script = new DialerScript(contacts: 20);
        for (int i = 0; i < 4; i++)
        {
            script.Play(TimeSpan.FromSeconds(1));
            script.Line.EndAll(AttemptOutcome.Failed);
        }
        int placed = script.Line.Placed.Count;
        script.Play(TimeSpan.FromSeconds(50));
        Assert.Equal(placed, script.Line.Placed.Count);
        Assert.DoesNotContain(script.Store.Contacts, contact => contact.State == ContactState.Leased);
        script.Play(TimeSpan.FromSeconds(30));
        Assert.Equal(placed + 1, script.Line.Placed.Count);
        script.Line.End(placed, AttemptOutcome.Answered);
        script.Play(TimeSpan.FromSeconds(10));
        Assert.Equal(placed + 4, script.Line.Placed.Count);
    }

    [Fact]
    public void What_may_not_be_called_is_written_down_and_not_dialled()
    {
        var script = new DialerScript(contacts: 2);
        script.Line.Guard = number => number == DialerScript.Number(0) ? new Clearance.Refused("prefix") : new Clearance.Granted();
        script.Play(Minute);
        Assert.Equal(DialerScript.Number(1), Assert.Single(script.Line.Placed).Contact.Number);
        Assert.Equal((ContactState.Finished, AttemptOutcome.Failed), (script.Store.Contacts[0].State, script.Store.Contacts[0].LastOutcome));
    }

    [Fact]
    public void A_limit_that_is_used_up_puts_the_contact_off_without_an_attempt()
    {
        var script = new DialerScript(contacts: 1);
        DateTimeOffset later = script.Time.GetUtcNow() + TimeSpan.FromMinutes(7);
        script.Line.Guard = _ => script.Time.GetUtcNow() < later ? new Clearance.NotBefore(later, "calls_per_hour") : new Clearance.Granted();
        script.Play(TimeSpan.FromMinutes(6));
        Assert.Empty(script.Store.Attempts);
        script.Play(TimeSpan.FromMinutes(2));
        Assert.Single(script.Line.Placed);
    }

    [Fact]
    public void A_bug_in_a_call_fails_that_call_only()
    {
        var script = new DialerScript(contacts: 2);
        script.Line.Breaks = new InvalidOperationException("bug");
        script.Step();
        script.Line.Breaks = null;
        script.Play(Minute);
        Assert.Equal(["1 09:00:00 Failed", "2 09:00:01 runs"], script.Log);
    }

    [Fact]
    public void While_the_store_fails_nothing_is_dialled_and_no_outcome_is_lost()
    {
        var script = new DialerScript(contacts: 6);
        script.Play(TimeSpan.FromSeconds(1));
        script.Store.Failure = "the disk is full";
        script.Line.EndAll(AttemptOutcome.Answered);
        script.Play(TimeSpan.FromSeconds(20));
        Assert.Equal(2, script.Line.Placed.Count);
        Assert.Equal(2, script.Parts.Outcomes.Waiting);
        script.Store.Failure = null;
        script.Play(Minute);
        Assert.Equal(0, script.Parts.Outcomes.Waiting);
        Assert.Equal(["1 09:00:00 Answered", "2 09:00:01 Answered"], script.Log.Take(2));
        // What was in hand at the failure is not touched under the old name; it comes back when its lease ends.
        Assert.Equal([4, 5, 6], script.Store.Attempts.Skip(2).Select(attempt => attempt.ContactId));
        Assert.All(script.Store.Attempts.Skip(2), attempt => Assert.StartsWith("a~", attempt.Node, StringComparison.Ordinal));
    }

    [Fact]
    public void Contacts_that_another_node_has_taken_are_not_dialled()
    {
        var script = new DialerScript(contacts: 2);
        script.Step();
        // This node slept: its leases ended, and another one has the second contact.
        script.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Single(DialerScript.Do(script.Store.RecoverAsync(script.Time.GetUtcNow(), Minute, default)));
        Assert.Single(DialerScript.Do(script.Store.LeaseAsync(DialerScript.Id, "b", 10, script.Time.GetUtcNow(), Minute, default)));
        script.Play(Minute);
        Assert.Single(script.Line.Placed);
    }

    [Fact]
    public void Two_nodes_share_a_campaign_and_call_nobody_twice()
    {
        var script = new DialerScript(contacts: 30);
        (_, CampaignRun other) = script.Node("b");
        for (int i = 0; i < 40; i++)
        {
            script.Step();
            script.Step(other);
            script.Line.EndAll(AttemptOutcome.Answered);
            script.Time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(30, script.Line.Placed.Count);
        Assert.Equal(30, script.Line.Placed.Select(order => order.Contact.Number).Distinct().Count());
        Assert.Equal(2, script.Store.Attempts.Select(attempt => attempt.Node).Distinct().Count());
    }
}
