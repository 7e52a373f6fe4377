using System.Text.Json;
using System.Text.Json.Nodes;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Options;
using PhoneAgent.Testing.Calls;
using PhoneAgent.Tests.Server.Dashboard;
using PhoneAgent.Tests.Server.Http;
using Xunit;

namespace PhoneAgent.Tests.Server.Api;

public sealed class ApiCallTests
{
    private const string Bob = "sip:bob@127.0.0.1:9";

    [Fact]
    public async Task A_call_has_its_id_from_the_first_moment_to_its_end()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        string key = rig.Key(ApiScope.CallsWrite, ApiScope.CallsRead);
        FakeHuman bob = rig.Line.Add(Bob);
        ApiAnswer placed = await rig.AskAsync("POST", "/api/v1/calls", new { target = Bob, callerId = "200", ringSeconds = 20 }, key);
        string id = placed.Json["id"]!.GetValue<string>();
        Assert.Equal(("dialling", "outbound", $"/api/v1/calls/{id}"), (placed.Json["state"]!.GetValue<string>(), placed.Json["direction"]!.GetValue<string>(), placed.Headers["Location"]));
        await EventReader.UntilAsync(() => !bob.Requests.IsEmpty);
        Assert.Equal((id, "200", TimeSpan.FromSeconds(20)), bob.Requests.Select(r => (r.Id, r.CallerId, r.RingTimeout)).Single());
        bob.Ring();
        Assert.Equal("ringing", (await rig.AskAsync("GET", $"/api/v1/calls/{id}", key: key)).Json["state"]!.GetValue<string>());
        bob.Refuse(CallEndCause.Busy, 486);
        await UntilAsync(rig, id, key, call => call["state"]!.GetValue<string>() == "ended");
        JsonNode ended = (await rig.AskAsync("GET", $"/api/v1/calls/{id}", key: key)).Json;
        Assert.Equal(("busy", "caller"), (ended["cause"]!.GetValue<string>(), ended["endedBy"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_call_that_nobody_answered_can_be_given_up()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        string key = rig.Key(ApiScope.CallsWrite, ApiScope.CallsRead);
        FakeHuman bob = rig.Line.Add(Bob);
        string id = (await rig.AskAsync("POST", "/api/v1/calls", new { target = Bob }, key)).Json["id"]!.GetValue<string>();
        await EventReader.UntilAsync(() => !bob.Requests.IsEmpty);
        Assert.Equal(204, (await rig.AskAsync("POST", $"/api/v1/calls/{id}/hang-up", new { }, key)).Status);
        await UntilAsync(rig, id, key, call => call["cause"]?.GetValue<string>() == "cancelled");
        Assert.True(bob.WasCancelled);
    }

    [Fact]
    public async Task What_may_not_be_called_is_refused_with_the_rule_and_limits_say_when_to_come_again()
    {
        await using HttpRig rig = await HttpRig.StartAsync(with: options => options with
        {
            Outbound = new OutboundOptions { AllowedPrefixes = ["+49"], CallsPerTargetPerHour = 1 },
            Sip = options.Sip with { Accounts = [new() { User = "100", Domain = "trunk.example" }] },
        });
        string key = rig.Key(ApiScope.CallsWrite);
        ApiAnswer dear = await rig.AskAsync("POST", "/api/v1/calls", new { target = "+1900" }, key);
        Assert.Equal((403, "body.target", "urn:phoneagent:problem:outbound-refused"), (dear.Status, dear.Place, dear.Json["type"]!.GetValue<string>()));
        Assert.Contains("outbound.allowed_prefixes", dear.Json["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        FakeHuman human = rig.Line.Add("+491");
        Assert.Equal(202, (await rig.AskAsync("POST", "/api/v1/calls", new { target = "+491" }, key)).Status);
        await EventReader.UntilAsync(() => !human.Requests.IsEmpty);
        ApiAnswer again = await rig.AskAsync("POST", "/api/v1/calls", new { target = "+491" }, key);
        Assert.Equal((429, "3600"), (again.Status, again.Headers["Retry-After"]));
        human.Refuse(CallEndCause.Busy, 486);
    }

    [Fact]
    public async Task Numbers_are_for_those_who_may_act()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        rig.Call("one", "+15551234567");
        Assert.Equal("(redacted)", (await rig.AskAsync("GET", "/api/v1/calls/one", key: rig.Key(ApiScope.CallsRead))).Json["party"]!.GetValue<string>());
        Assert.Equal("+15551234567", (await rig.AskAsync("GET", "/api/v1/calls/one", key: rig.Key(ApiScope.CallsRead, ApiScope.CallsWrite))).Json["party"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_list_comes_in_pages_and_each_call_once()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        string key = rig.Key(ApiScope.CallsRead);
        foreach (string id in new[] { "a", "b", "c", "d", "e" })
            rig.Call(id);
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            JsonNode page = (await rig.AskAsync("GET", $"/api/v1/calls?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}", key: key)).Json;
            Assert.InRange(page["items"]!.AsArray().Count, 1, 2);
            seen.AddRange(page["items"]!.AsArray().Select(call => call!["id"]!.GetValue<string>()));
            cursor = page["next"]?.GetValue<string>();
        }
        while (cursor is not null);
        Assert.Equal(["a", "b", "c", "d", "e"], seen);
    }

    [Fact]
    public async Task A_watcher_is_told_what_happens_and_goes_on_where_he_broke_off()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        MadeUpCall call = rig.Call("one");
        rig.Client.DefaultRequestHeaders.Add(ApiKeyHandler.Header, rig.Key(ApiScope.CallsRead, ApiScope.CallsWrite));
        using (EventReader first = await EventReader.OpenAsync(rig, "/api/v1/calls/one/events"))
        {
            Assert.Equal("answered", (await first.NextAsync("state")).GetProperty("state").GetString());
            Assert.Equal("call-started", (await first.NextAsync("event")).GetProperty("event").GetString());
        }
        call.Add(new TimelineEvent.AgentSentence(1, "Hello.") { At = TimeSpan.FromSeconds(1) });
        rig.Client.DefaultRequestHeaders.Add("Last-Event-ID", "1");
        using EventReader second = await EventReader.OpenAsync(rig, "/api/v1/calls/one/events");
        Assert.Equal("agent-sentence", (await second.NextAsync("event")).GetProperty("event").GetString());
        call.Add(new TimelineEvent.Ended(CallEndCause.HungUp, EndedBy.Caller, null, "done") { At = TimeSpan.FromSeconds(2) });
        call.End();
        using var clock = new Ticker(rig);
        Assert.Equal("ended", (await second.NextAsync("event")).GetProperty("event").GetString());
        JsonElement end = await second.NextAsync("end");
        Assert.Equal(("hung-up", "done"), (end.GetProperty("cause").GetString(), end.GetProperty("disposition").GetString()));
    }

    [Fact]
    public async Task Who_watches_all_calls_sees_each_begin_and_end()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        rig.Client.DefaultRequestHeaders.Add(ApiKeyHandler.Header, rig.Key(ApiScope.CallsRead));
        using EventReader stream = await EventReader.OpenAsync(rig, "/api/v1/events");
        MadeUpCall call = rig.Call("one");
        using var clock = new Ticker(rig);
        Assert.Equal("answered", (await stream.NextAsync("call")).GetProperty("state").GetString());
        call.End();
        Assert.Equal("ended", (await stream.NextAsync("call")).GetProperty("state").GetString());
    }

    private static async Task UntilAsync(HttpRig rig, string id, string key, Func<JsonNode, bool> holds)
    {
        using var patience = new CancellationTokenSource(Hosting.HostRig.Patience);
        while (!holds((await rig.AskAsync("GET", $"/api/v1/calls/{id}", key: key)).Json))
            patience.Token.ThrowIfCancellationRequested();
    }

    /// <summary>Lets the rig's time go on, a little at a time, while something waits for it: streams look at certain times. So slowly
    /// that a call which has ended is not forgotten before a stream has seen it, however busy the machine.</summary>
    private sealed class Ticker : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _run;

        public Ticker(HttpRig rig) => _run = Task.Run(async () =>
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            while (await timer.WaitForNextTickAsync(_stop.Token).AsTask().ContinueWith(t => t.IsCompletedSuccessfully && t.Result, TaskScheduler.Default))
                rig.Time.Advance(TimeSpan.FromMilliseconds(250));
        });

        public void Dispose()
        {
            _stop.Cancel();
            _run.GetAwaiter().GetResult();
            _stop.Dispose();
        }
    }
}
