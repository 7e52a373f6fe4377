using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.Dialing;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Campaigns;
using Xunit;

namespace PhoneAgent.Tests.Campaigns.Dialing;

public class DialerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>A dialer whose loops are the test's own steps.</summary>
    private sealed class Node(DialerScript script, string name)
    {
        private readonly Dialer _dialer = new(script.Store, script.Line, new DialerOptions(), name, script.Time, NullLogger<Dialer>.Instance)
        {
            Carry = _ => new TaskCompletionSource().Task,
        };

        public bool IsDialling => _dialer.Runs.Any();

        public void Step()
        {
            Task look = _dialer.LookAsync();
            Assert.True(look.IsCompletedSuccessfully);
            foreach (CampaignRun run in _dialer.Runs)
                script.Step(run);
        }

        public void Play(TimeSpan length)
        {
            for (TimeSpan at = TimeSpan.Zero; at < length; at += Second)
            {
                Step();
                script.Time.Advance(Second);
            }
        }
    }

    [Fact]
    public void A_started_campaign_is_dialled_to_its_end_and_completed()
    {
        var script = new DialerScript(contacts: 2);
        var node = new Node(script, "a");
        node.Play(5 * Second);
        script.Line.EndAll(AttemptOutcome.Answered);
        node.Play(5 * Second);
        Assert.Equal(CampaignState.Completed, DialerScript.Do(script.Store.GetAsync(DialerScript.Id, default))!.State);
        Assert.Equal(2, script.Line.Placed.Count);
    }

    [Fact]
    public void A_draft_is_not_dialled()
    {
        var script = new DialerScript(contacts: 2);
        script.Set(CampaignState.Running, CampaignState.Paused);
        var node = new Node(script, "a");
        node.Play(5 * Second);
        Assert.False(node.IsDialling);
        Assert.Empty(script.Line.Placed);
    }

    [Fact]
    public void A_server_without_the_agent_or_the_trunk_leaves_a_campaign_to_others()
    {
        var script = new DialerScript(contacts: 2);
        var node = new Node(script, "a");
        script.Line.Missing = "it has no agent 'caller'.";
        node.Play(5 * Second);
        Assert.Empty(script.Log);
        script.Line.Missing = null;
        node.Play(5 * Second);
        Assert.Equal(2, script.Line.Placed.Count);
    }

    [Fact]
    public void A_lost_call_waits_for_a_server_that_can_read_when_it_is_due_again()
    {
        var script = new DialerScript(contacts: 1);
        new Node(script, "a").Step();
        script.Store.Definition = "of: a later version";
        new Node(script, "b").Play(TimeSpan.FromMinutes(2));
        Assert.Equal(["1 09:00:00 runs"], script.Log);
        script.Store.Definition = null;
        new Node(script, "c").Play(TimeSpan.FromMinutes(2));
        Assert.Equal(["1 09:00:00 Lost"], script.Log);
    }

    /// <summary>A lease must be renewed soon after the store works again: the others may declare us dead one lease later.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(600)]
    public void No_rest_is_long_against_a_lease(int seconds)
    {
        TimeSpan lease = seconds * Second;
        var time = new VirtualTime();
        var health = new StoreHealth(lease, time, NullLogger.Instance);
        for (int i = 0; i < 20; i++)
        {
            health.Failed(new CampaignStoreException("the network is down"));
            Assert.InRange(health.Rest, TimeSpan.FromTicks(1), lease / 4 < 15 * Second ? lease / 4 : 15 * Second);
            time.Advance(health.Rest);
        }
    }

    [Fact]
    public void A_long_call_keeps_its_contact()
    {
        var script = new DialerScript(contacts: 1);
        (Node node, Node other) = (new(script, "a"), new(script, "b"));
        node.Step();
        for (int i = 0; i < 600; i++)
        {
            script.Time.Advance(Second);
            node.Step();
            other.Step();
        }
        Assert.Equal(["1 09:00:00 runs"], script.Log);
    }

    [Fact]
    public void A_dead_nodes_call_is_lost_and_never_repeated_within_the_spacing()
    {
        var script = new DialerScript(contacts: 3);
        new Node(script, "a").Play(2 * Second);
        Assert.Equal(2, script.Line.Placed.Count);
        // "a" is not heard of any more; it had the third contact in hand.
        var other = new Node(script, "b");
        other.Play(TimeSpan.FromMinutes(1));
        Assert.Equal(["1 09:00:00 Lost", "2 09:00:01 Lost", "3"], [.. script.Log.Take(2), .. script.Log.Skip(2).Select(line => line[..1])]);
        script.Line.End(2, AttemptOutcome.Answered);
        other.Play(TimeSpan.FromMinutes(118));
        Assert.Equal(3, script.Line.Placed.Count);
        other.Play(TimeSpan.FromMinutes(3));
        Assert.Equal(5, script.Line.Placed.Count);
    }

    [Fact]
    public void Nobody_is_declared_dead_who_was_only_cut_off_like_us()
    {
        var script = new DialerScript(contacts: 1);
        (Node node, Node other) = (new(script, "a"), new(script, "b"));
        node.Step();
        other.Step();
        script.Store.Failure = "the network is down";
        for (int i = 0; i < 120; i++)
        {
            script.Time.Advance(Second);
            node.Step();
            other.Step();
        }
        script.Store.Failure = null;
        // The other one is back first.
        other.Play(10 * Second);
        node.Step();
        other.Play(TimeSpan.FromSeconds(20));
        node.Step();
        other.Play(TimeSpan.FromSeconds(20));
        Assert.Equal(["1 09:00:00 runs"], script.Log);
    }

    [Fact]
    public void A_call_whose_contact_another_node_has_is_hung_up()
    {
        var script = new DialerScript(contacts: 1);
        var node = new Node(script, "a");
        node.Step();
        // This node slept for minutes; another one counted its call as lost meanwhile.
        script.Time.Advance(TimeSpan.FromMinutes(5));
        new Node(script, "b").Step();
        Assert.Equal(1, script.Line.Running);
        node.Step();
        Assert.Equal(0, script.Line.Running);
        Assert.Equal(["1 09:00:00 Lost"], script.Log);
    }

    [Fact]
    public void Spacing_holds_between_campaigns()
    {
        var script = new DialerScript(contacts: 1);
        DialerScript.Do(script.Store.CreateAsync(script.Campaign with { Id = "second" }, default));
        DialerScript.Do(script.Store.ImportAsync("second", [new NewContact { Number = DialerScript.Number(0), TimeZone = "UTC" }], script.Time.GetUtcNow(), default));
        DialerScript.Do(script.Store.SetStateAsync("second", [CampaignState.Draft], CampaignState.Running, default));
        var node = new Node(script, "a");
        node.Play(5 * Second);
        script.Line.EndAll(AttemptOutcome.Answered);
        node.Play(TimeSpan.FromMinutes(9));
        Assert.Single(script.Line.Placed);
        node.Play(TimeSpan.FromMinutes(2));
        Assert.Equal(2, script.Line.Placed.Count);
    }

    [Fact]
    public async Task A_stop_waits_for_calls_that_run_and_begins_none()
    {
        var script = new DialerScript(contacts: 5, DialerScript.Definition.Replace("9:00-18:00", "0:00-24:00", StringComparison.Ordinal));
        await using var dialer = new Dialer(script.Store, script.Line, new DialerOptions(), "a", script.Time, NullLogger<Dialer>.Instance);
        dialer.Start();
        await script.Line.FirstPlaced;
        Task stop = dialer.StopAsync(CancellationToken.None);
        Assert.False(stop.IsCompleted);
        script.Line.EndAll(AttemptOutcome.Answered);
        await stop;
        Assert.Single(script.Line.Placed);
        Assert.Equal(0, dialer.Calls);
        Assert.Equal(4, script.Store.Contacts.Count(contact => contact.State == ContactState.Waiting));
        Assert.Equal(AttemptOutcome.Answered, script.Store.Attempts[0].Outcome);
    }

    [Fact]
    public async Task A_stop_that_has_waited_enough_hangs_up()
    {
        var script = new DialerScript(contacts: 1, DialerScript.Definition.Replace("9:00-18:00", "0:00-24:00", StringComparison.Ordinal));
        await using var dialer = new Dialer(script.Store, script.Line, new DialerOptions(), "a", script.Time, NullLogger<Dialer>.Instance);
        dialer.Start();
        await script.Line.FirstPlaced;
        await dialer.StopAsync(new CancellationToken(canceled: true));
        Assert.Equal(0, script.Line.Running);
        Assert.Equal(AttemptOutcome.Failed, script.Store.Attempts[0].Outcome);
    }
}
