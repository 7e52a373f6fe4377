using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.AfterCall;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Storage.Calls.Import;
using PhoneAgent.Server.Storage.Database;
using PhoneAgent.Server.Webhooks;
using PhoneAgent.Testing.Storage;
using PhoneAgent.Tests.Server.Handover;
using PhoneAgent.Tests.Server.Http;
using Xunit;

namespace PhoneAgent.Tests.Server.Webhooks;

/// <summary>From what happens to a call to what a receiver is told.</summary>
public sealed class WebhookDeskTests : IAsyncLifetime
{
    private readonly WebhookRig _rig = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    private static void Live(ICallWatcher desk, MadeUpCall call)
    {
        desk.OnStarted(call.Running);
        call.Add(new TimelineEvent.Escalated("sustained-turns", 0.9, 3, TimeSpan.FromSeconds(9), "Words") { At = TimeSpan.FromSeconds(10) });
        call.Add(new TimelineEvent.Ended(CallEndCause.HungUp, EndedBy.Caller, null, "done") { At = TimeSpan.FromSeconds(12) });
        desk.OnWrittenDown("one", "front-desk", new AfterCallReport { By = "rules", Disposition = "complaint", Summary = "He was angry." });
        call.End();
    }

    [Fact]
    public async Task A_call_is_told_from_its_start_to_what_it_is_filed_under_with_the_number_masked()
    {
        await using HookServer server = await HookServer.StartAsync();
        await using WebhookDesk desk = _rig.Desk(await _rig.OpenAsync(), WebhookRig.Hook(server.Url));
        await desk.StartAsync(default);
        Live(desk, new MadeUpCall("one", "+15551234567", "front-desk", _rig.Time));

        JsonNode[] told = new JsonNode[5];
        for (int i = 0; i < told.Length; i++)
        {
            HookRequest request = await server.NextAsync();
            WebhookRig.AssertSigned(request, _rig.Time.GetUtcNow());
            told[i] = JsonNode.Parse(request.Body)!;
            Assert.Equal(WebhookRig.IdOf(request), told[i]["id"]!.GetValue<string>());
            Assert.DoesNotContain("5551234", Encoding.UTF8.GetString(request.Body), StringComparison.Ordinal);
            Assert.DoesNotContain("angry", Encoding.UTF8.GetString(request.Body), StringComparison.Ordinal);
        }
        Assert.Equal(["call.started", "call.answered", "call.escalated", "call.ended", "call.disposition"], told.Select(t => t["type"]!.GetValue<string>()));
        Assert.Equal(("one", "inbound", "***67"), (told[0]["call"]!["id"]!.GetValue<string>(), told[0]["call"]!["direction"]!.GetValue<string>(), told[0]["call"]!["party"]!.GetValue<string>()));
        Assert.Equal("sustained-turns", told[2]["call"]!["rule"]!.GetValue<string>());
        Assert.Equal((12.0, "hung-up", "caller"), (told[3]["call"]!["seconds"]!.GetValue<double>(), told[3]["call"]!["cause"]!.GetValue<string>(), told[3]["call"]!["endedBy"]!.GetValue<string>()));
        Assert.Equal(("complaint", "rules"), (told[4]["call"]!["disposition"]!.GetValue<string>(), told[4]["call"]!["dispositionBy"]!.GetValue<string>()));
        Assert.Equal(5, told.Select(t => t["id"]!.GetValue<string>()).Distinct().Count());
    }

    [Fact]
    public async Task A_receiver_gets_what_it_asked_for_and_personal_data_only_where_the_configuration_says_so()
    {
        await using HookServer server = await HookServer.StartAsync();
        await using WebhookDesk desk = _rig.Desk(await _rig.OpenAsync(), WebhookRig.Hook(server.Url) with { PersonalData = true, Events = [WebhookEventKind.CallEnded, WebhookEventKind.CallDisposition] });
        await desk.StartAsync(default);
        Live(desk, new MadeUpCall("one", "+15551234567", "front-desk", _rig.Time));
        JsonNode ended = JsonNode.Parse((await server.NextAsync()).Body)!, filed = JsonNode.Parse((await server.NextAsync()).Body)!;
        Assert.Equal(("call.ended", "+15551234567"), (ended["type"]!.GetValue<string>(), ended["call"]!["party"]!.GetValue<string>()));
        Assert.Equal("He was angry.", filed["call"]!["summary"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_call_of_ours_that_nobody_answers_begins_and_ends()
    {
        await using HookServer server = await HookServer.StartAsync();
        await using WebhookDesk desk = _rig.Desk(await _rig.OpenAsync(), WebhookRig.Hook(server.Url));
        await desk.StartAsync(default);
        var call = new OutgoingCall(new PlaceCallRequest("+491234567"), "reminder", _rig.Time.GetUtcNow());
        ((ICallWatcher)desk).OnPlacing(call);
        call.Resolve(new CallEnd(CallEndCause.NoAnswer, EndedBy.Agent));
        JsonNode started = JsonNode.Parse((await server.NextAsync()).Body)!, ended = JsonNode.Parse((await server.NextAsync()).Body)!, filed = JsonNode.Parse((await server.NextAsync()).Body)!;
        Assert.Equal(("call.disposition", "no-answer", "line"), (filed["type"]!.GetValue<string>(), filed["call"]!["disposition"]!.GetValue<string>(), filed["call"]!["dispositionBy"]!.GetValue<string>()));
        Assert.Equal(("call.started", "outbound"), (started["type"]!.GetValue<string>(), started["call"]!["direction"]!.GetValue<string>()));
        Assert.Equal(("call.ended", "no-answer", call.Id), (ended["type"]!.GetValue<string>(), ended["call"]!["cause"]!.GetValue<string>(), ended["call"]!["id"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_call_of_a_campaign_says_whose_until_its_end()
    {
        await using HookServer server = await HookServer.StartAsync();
        await using WebhookDesk desk = _rig.Desk(await _rig.OpenAsync(), WebhookRig.Hook(server.Url));
        await desk.StartAsync(default);
        var placed = new OutgoingCall(new PlaceCallRequest("+491234567"), "reminder", _rig.Time.GetUtcNow()) { For = new CampaignContact("spring", 17) };
        ((ICallWatcher)desk).OnPlacing(placed);
        var answered = new MadeUpCall(placed.Id, "+491234567", "reminder", _rig.Time);
        ((ICallWatcher)desk).OnStarted(answered.Running);
        placed.Resolve(null);
        answered.Add(new TimelineEvent.Ended(CallEndCause.HungUp, EndedBy.Caller, null, "done") { At = TimeSpan.FromSeconds(12) });
        answered.End();
        foreach (string type in new[] { "call.started", "call.answered", "call.ended" })
        {
            JsonNode told = JsonNode.Parse((await server.NextAsync()).Body)!;
            Assert.Equal((type, "spring", 17), (told["type"]!.GetValue<string>(), told["call"]!["campaign"]!.GetValue<string>(), told["call"]!["contact"]!.GetValue<int>()));
        }
    }

    [Fact]
    public async Task What_was_written_before_a_server_was_stopped_is_delivered_by_the_next()
    {
        await using HookServer server = await HookServer.StartAsync(0);
        WebhookOptions hook = WebhookRig.Hook(server.Url);
        await using (WebhookDesk first = _rig.Desk(await _rig.OpenAsync(), hook))
        {
            await first.StartAsync(default);
            Live(first, new MadeUpCall("one", "+15551234567", "front-desk", _rig.Time));
            // Its receiver has it, and has not answered; the rest is on disk when it stops.
            await server.NextAsync();
            await first.StopAsync(default);
        }
        _rig.Time.Advance(2 * hook.Timeout);
        await using WebhookDesk second = _rig.Desk(await _rig.OpenAsync(), hook);
        await second.StartAsync(default);
        var types = new List<string>();
        for (int i = 0; i < 5; i++)
            types.Add(JsonNode.Parse((await server.NextAsync()).Body)!["type"]!.GetValue<string>());
        Assert.Equal(["call.started", "call.answered", "call.escalated", "call.ended", "call.disposition"], types);
    }

    [Fact]
    public async Task Calls_that_a_crash_cut_off_are_ended_by_the_next_start_once()
    {
        await using HookServer server = await HookServer.StartAsync();
        WebhookOptions hook = WebhookRig.Hook(server.Url) with { Events = [WebhookEventKind.CallStarted, WebhookEventKind.CallEnded, WebhookEventKind.CallDisposition] };
        SqlDatabase database = await _rig.OpenDatabaseAsync();
        await using WebhookDesk killed = _rig.Desk(new WebhookOutbox(database, NodeIdentity.ThisProcess, _rig.Time), hook);
        await killed.StartAsync(default);
        var talking = new MadeUpCall("talking", "+15551234567", "front-desk", _rig.Time);
        ((ICallWatcher)killed).OnStarted(talking.Running);
        var ringing = new OutgoingCall(new PlaceCallRequest("+491234567") { Id = "ringing" }, "reminder", _rig.Time.GetUtcNow());
        ((ICallWatcher)killed).OnPlacing(ringing);
        string[] begun = [await NextAsync(), await NextAsync()];
        Assert.Equal(["call.started ringing", "call.started talking"], begun.Order());

        // Nobody ends them: the process is gone. Its number says so to the next one.
        await database.WriteAsync(session => session.ExecuteAsync("UPDATE nodes SET id = 'dead', process = 2147483647"), default);
        await database.WriteAsync(session => session.ExecuteAsync("UPDATE webhook_calls SET node = 'dead'"), default);
        await using WebhookDesk next = _rig.Desk(new WebhookOutbox(database, NodeIdentity.ThisProcess, _rig.Time), hook);
        await next.StartAsync(default);
        var config = new LoadedConfig(new PhoneAgentOptions(), null, "/nowhere", []);
        var calls = new SqlCallStore(database, new RecordingFolder(config), PartyKey.For(config), new ImportState(), NullLogger<SqlCallStore>.Instance);
        var recovery = new CallRecovery(database, new FakeCallLog(), calls, NodeIdentity.ThisProcess, [next], _rig.Time, NullLogger<CallRecovery>.Instance);
        await recovery.RunOnceAsync(default);
        await recovery.RunOnceAsync(default);

        string[] ended = [await NextAsync(), await NextAsync(), await NextAsync(), await NextAsync()];
        Assert.Equal(["call.disposition ringing cut-off", "call.disposition talking cut-off", "call.ended ringing the program ended in the middle of the call", "call.ended talking the program ended in the middle of the call"], ended.Order());
        Assert.Empty(await database.ReadAsync(session => session.QueryAsync<string>("SELECT call_id FROM webhook_calls"), default));
        talking.End();
        ringing.Resolve(new CallEnd(CallEndCause.Cancelled, EndedBy.Agent));

        async Task<string> NextAsync()
        {
            JsonNode told = JsonNode.Parse((await server.NextAsync()).Body)!;
            JsonNode call = told["call"]!;
            return $"{told["type"]} {call["id"]} {call["reason"] ?? call["disposition"]}".TrimEnd();
        }
    }

    [Theory]
    [InlineData("bob", "***")]
    [InlineData("200", "***")]
    [InlineData("anonymous", "***")]
    [InlineData("+49 (30) 123456", "***56")]
    [InlineData("+4930123456@trunk.example", "***56")]
    public void Who_it_was_cannot_be_told_from_what_is_left(string party, string masked) =>
        Assert.Equal(masked, new WebhookCall("one", CallDirection.Inbound, "desk", party, "100") { Summary = "words" }.Masked().Party);
}
