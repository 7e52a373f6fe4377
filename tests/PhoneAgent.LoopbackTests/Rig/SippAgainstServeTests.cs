using System.Globalization;
using System.Text.Json;
using PhoneAgent.Telephony.Sip.UserAgent;
using PhoneAgent.Testing;
using Xunit;
using Xunit.Abstractions;

namespace PhoneAgent.LoopbackTests.Rig;

/// <summary>
/// sipp against the product as a user runs it: real media, real dialogue, one process for all tests here, so that each of
/// them also shows that the ones before it did no harm. What happened is read from the calls' timelines.
/// </summary>
[Collection("rig")]
public sealed class SippAgainstServeTests(SippAgainstServeTests.Serving serving, ITestOutputHelper output) : IClassFixture<SippAgainstServeTests.Serving>, IDisposable
{
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(90));

    private AgentProcess Agent => serving.Agent;

    private CancellationToken Patience => _patience.Token;

    public void Dispose() => _patience.Dispose();

    /// <summary>The agent that all tests call. It rings for a moment, so that CANCEL has a call to cancel.</summary>
    public sealed class Serving : IAsyncLifetime
    {
        internal AgentProcess Agent { get; private set; } = null!;

        public async Task InitializeAsync() =>
            Agent = await AgentProcess.StartAsync("sip.max_calls=300", "sip.inbound.backlog=300", "sip.inbound.answer_after_milliseconds=300", "limits.drain_timeout=1s");

        public async Task DisposeAsync() => await Agent.DisposeAsync();
    }

    /// <summary>Runs a scenario to its end, and its call's timeline with it.</summary>
    private async Task<TimelineFollower> CallAsync(string user, string scenario, params string[] arguments)
    {
        await using var sipp = Sipp.CallUser(user, scenario, Agent.Port, arguments);
        await sipp.SucceedAsync(Patience);
        var timeline = await Agent.FollowAsync(user);
        await timeline.WaitForAsync("ended", 10);
        return timeline;
    }

    private static void AssertSpokeAndWasHungUp(TimelineFollower timeline)
    {
        Assert.Single(timeline.Of("call-started"));
        Assert.NotEmpty(timeline.Of("first-packet"));
        Assert.Empty(timeline.Of("failure"));
        var ended = Assert.Single(timeline.Of("ended"));
        Assert.Equal(("hung-up", "caller"), (ended.GetProperty("cause").GetString(), ended.GetProperty("by").GetString()));
    }

    [RequiresTheory(Command = "sipp", Shared = "rig/sipp")]
    [InlineData("uac_call", "u1")]
    [InlineData("uac_call", "t1")]
    [InlineData("uac_late_offer", "u1")]
    [InlineData("uac_late_offer", "t1")]
    public async Task A_call_with_sound(string scenario, string transport) =>
        AssertSpokeAndWasHungUp(await CallAsync($"{scenario}-{transport}", scenario, "-d", "3000", "-t", transport));

    [RequiresTheory(Command = "sipp", Shared = "rig/sipp")]
    [InlineData("u1")]
    [InlineData("t1")]
    public async Task Hold_and_resume(string transport)
    {
        var timeline = await CallAsync($"hold-{transport}", "uac_hold", "-t", transport);
        AssertSpokeAndWasHungUp(timeline);
        // sendonly and then inactive is one hold.
        Assert.Equal([true, false], timeline.Of("hold").Select(hold => hold.GetProperty("isHeld").GetBoolean()));
    }

    [RequiresFact(Command = "sipp", Shared = "rig/sipp", RootTo = "sending recorded RTP")]
    public async Task Keys_by_info_and_by_rtp_count_once_each()
    {
        var timeline = await CallAsync("keys", "uac_dtmf");
        AssertSpokeAndWasHungUp(timeline);
        Assert.Equal(["1 sip-info", "2 rtp", "3 rtp"],
            timeline.Of("dtmf").Select(key => $"{key.GetProperty("digit").GetString()} {key.GetProperty("source").GetString()}"));
    }

    [RequiresTheory(Command = "sipp", Shared = "rig/sipp")]
    [InlineData("u1")]
    [InlineData("t1")]
    public async Task A_caller_who_gives_up_leaves_no_call(string transport)
    {
        await using var sipp = Sipp.CallUser($"cancel-{transport}", "uac_cancel", Agent.Port, "-d", "50", "-t", transport);
        await sipp.SucceedAsync(Patience);
        await OptionsAsync(transport);
        Assert.Empty(Agent.Calls.To($"cancel-{transport}"));
    }

    private async Task OptionsAsync(string transport)
    {
        await using var options = Sipp.Call("uac_options", Agent.Port, "-t", transport);
        await options.SucceedAsync(Patience);
    }

    [RequiresTheory(Command = "sipp", Shared = "rig/sipp")]
    [InlineData("u1")]
    [InlineData("t1")]
    public Task Options(string transport) => OptionsAsync(transport);

    [RequiresFact(Command = "sipp", Shared = "rig/sipp")]
    public async Task Malformed_messages()
    {
        await using var sipp = Sipp.Call("uac_malformed", Agent.Port, "-pause_msg_ign");
        await sipp.SucceedAsync(Patience);
    }

    [RequiresTheory(Command = "python3", Shared = "rig/badsip.py")]
    [InlineData("")]
    [InlineData("--tcp")]
    public async Task Bad_sip(string transport)
    {
        string[] arguments = ["badsip.py", $"127.0.0.1:{Agent.Port}", "--wait", "0.1", transport];
        await using var process = JsonProcess.Start(SharedData.Require("rig"), "python3", [.. arguments.Where(argument => argument.Length > 0)]);
        var status = await process.EndAsync(80);
        Assert.True(status == 0, string.Join('\n', process.Events.Where(e => !e.GetProperty("alive").GetBoolean())) + process.Text);
        output.WriteLine($"{process.Events.Count} cases");
    }

    [RequiresFact(Command = "sipp", Shared = "rig/sipp")]
    public async Task A_hundred_calls_at_once()
    {
        const int calls = 100;
        await using var sipp = Sipp.CallUser("load", "uac_load", Agent.Port, "-r", "25", "-l", "100", "-m", $"{calls}", "-d", "6000");
        await sipp.SucceedAsync(Patience);
        await Poll.UntilAsync("the end of all calls", 15, () => Ended().Length == calls, () => Agent.Output);
        Assert.All(Ended(), end => Assert.Equal(("hung-up", "caller"), (end.GetProperty("cause").GetString(), end.GetProperty("by").GetString())));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{calls} calls of 6 s, 25 begun a second: all answered and ended"));

        JsonElement[] Ended() => [.. Agent.Calls.To("load").Select(call => Agent.Calls.EventsOf(call)[^1]).Where(e => e.GetProperty("event").GetString() == "ended")];
    }

    [RequiresFact(Command = "sipp", Shared = "rig/sipp")]
    public async Task A_peer_that_never_acknowledges_is_lost_and_a_call_that_lasts_too_long_is_hung_up()
    {
        // T1 of 60 ms makes the 32 s of RFC 3261 4 s; SIPSorcery's cannot be set.
        await using var agent = await AgentProcess.StartAsync(
            $"sip.stack={UserAgents.BuiltIn}", "sip.timers.t1_milliseconds=60", "sip.timers.t2_milliseconds=480", "limits.max_call_duration=6s");
        await using var silent = Sipp.CallUser("silent", "uac_no_ack", agent.Port);
        await using var endless = Sipp.CallUser("endless", "uac_wait_bye", agent.Port);
        await silent.SucceedAsync(Patience);
        await endless.SucceedAsync(Patience);

        var lost = await (await agent.FollowAsync("silent")).WaitForAsync("ended", 10);
        Assert.Equal(("peer-lost", "no ACK"), (lost.GetProperty("cause").GetString(), lost.GetProperty("reason").GetString()));
        var hungUp = await (await agent.FollowAsync("endless")).WaitForAsync("ended", 10);
        Assert.Equal("agent", hungUp.GetProperty("by").GetString());
    }
}
