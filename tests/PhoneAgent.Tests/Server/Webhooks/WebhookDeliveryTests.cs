using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Webhooks;
using PhoneAgent.Testing.Contracts;
using PhoneAgent.Testing.Storage;
using PhoneAgent.Tests.Server.Handover;
using Xunit;

namespace PhoneAgent.Tests.Server.Webhooks;

public sealed class WebhookDeliveryOnSqliteTests : WebhookDeliveryTests
{
    protected override Task<string?> DatabaseAsync() => Task.FromResult<string?>(null);
}

[RequiresPostgres]
public sealed class WebhookDeliveryOnPostgresTests : WebhookDeliveryTests
{
    protected override async Task<string?> DatabaseAsync() => await PostgresServer.NewDatabaseAsync();
}

/// <summary>From the outbox to the receiver, one pass of a sender at a time.</summary>
public abstract class WebhookDeliveryTests : IAsyncLifetime
{
    private WebhookRig _rig = null!;
    private SignedPost _post = null!;
    private WebhookOutbox _outbox = null!;

    /// <summary>Null: a file.</summary>
    protected abstract Task<string?> DatabaseAsync();

    public async Task InitializeAsync()
    {
        _rig = new WebhookRig(await DatabaseAsync());
        _post = new SignedPost(_rig.Time);
        _outbox = await _rig.OpenAsync();
    }

    public async Task DisposeAsync()
    {
        _post.Dispose();
        await _rig.DisposeAsync();
    }

    [ContractFact]
    public async Task The_events_of_a_call_arrive_one_after_the_other_signed()
    {
        await using HookServer server = await HookServer.StartAsync();
        WebhookSender sender = _rig.Sender(WebhookRig.Hook(server.Url), _outbox, _post);
        foreach (string id in new[] { "1", "2", "3" })
            await _rig.AddAsync(_outbox, "call", id);
        await _rig.AddAsync(_outbox, "other", "4");
        // Of each call the oldest.
        Assert.Equal(2, await sender.DeliverDueAsync(default));
        HookRequest[] first = [await server.NextAsync(), await server.NextAsync()];
        Assert.Equal(["1", "4"], first.Select(WebhookRig.IdOf).Order());
        Assert.All(first, request => WebhookRig.AssertSigned(request, _rig.Time.GetUtcNow()));
        Assert.Equal(1, await sender.DeliverDueAsync(default));
        Assert.Equal("2", WebhookRig.IdOf(await server.NextAsync()));
        Assert.Equal(1, await sender.DeliverDueAsync(default));
        Assert.Equal("3", WebhookRig.IdOf(await server.NextAsync()));
        Assert.Equal(0, await sender.DeliverDueAsync(default));
        Assert.Null(await _outbox.NextAsync("crm", default));
    }

    [ContractFact]
    public async Task What_does_not_arrive_comes_again_later_and_holds_back_only_its_own_call()
    {
        await using HookServer server = await HookServer.StartAsync(500);
        WebhookSender sender = _rig.Sender(WebhookRig.Hook(server.Url), _outbox, _post);
        await _rig.AddAsync(_outbox, "call", "1");
        await _rig.AddAsync(_outbox, "call", "2");
        Assert.Equal(1, await sender.DeliverDueAsync(default));
        await server.NextAsync();
        await _rig.AddAsync(_outbox, "other", "3");
        Assert.Equal(1, await sender.DeliverDueAsync(default));
        Assert.Equal("3", WebhookRig.IdOf(await server.NextAsync()));
        TimeSpan pause = (await _outbox.NextAsync("crm", default))!.Value - _rig.Time.GetUtcNow();
        Assert.InRange(pause, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1));
        Assert.Equal(0, await sender.DeliverDueAsync(default));
        _rig.Time.Advance(pause);
        Assert.Equal(1, await sender.DeliverDueAsync(default));
        HookRequest again = await server.NextAsync();
        Assert.Equal("1", WebhookRig.IdOf(again));
        // Signed for now, not for then.
        WebhookRig.AssertSigned(again, _rig.Time.GetUtcNow());
        Assert.Equal(1, await sender.DeliverDueAsync(default));
        Assert.Equal("2", WebhookRig.IdOf(await server.NextAsync()));
    }

    [ContractFact]
    public async Task Pauses_double_up_to_a_quarter_of_an_hour_and_after_a_day_it_is_given_up_and_said()
    {
        await using HookServer server = await HookServer.StartAsync([.. Enumerable.Repeat(503, 500)]);
        WebhookSender sender = _rig.Sender(WebhookRig.Hook(server.Url), _outbox, _post);
        await _rig.AddAsync(_outbox, "call", "1");
        DateTimeOffset begin = _rig.Time.GetUtcNow();
        var pauses = new List<TimeSpan>();
        while (await sender.DeliverDueAsync(default) > 0 && await _outbox.NextAsync("crm", default) is { } next)
        {
            pauses.Add(next - _rig.Time.GetUtcNow());
            _rig.Time.Advance(pauses[^1]);
        }
        for (int i = 0; i < pauses.Count; i++)
        {
            double whole = Math.Min(900, Math.Pow(2, i));
            Assert.InRange(pauses[i].TotalSeconds, whole / 2 - 0.001, whole + 0.001);
        }
        Assert.InRange(_rig.Time.GetUtcNow() - begin, TimeSpan.FromHours(23.5), TimeSpan.FromHours(24));
        string said = Assert.Single(_rig.Logs.All, line => line.StartsWith("Error", StringComparison.Ordinal));
        Assert.Contains("given up after", said, StringComparison.Ordinal);
        Assert.DoesNotContain(_rig.Logs.All, line => line.Contains(WebhookRig.Secret, StringComparison.Ordinal) || line.Contains("secret-in-the-query", StringComparison.Ordinal));
    }

    [ContractFact]
    public async Task A_receiver_who_is_gone_for_good_is_not_asked_again()
    {
        await using HookServer server = await HookServer.StartAsync(410);
        WebhookSender sender = _rig.Sender(WebhookRig.Hook(server.Url), _outbox, _post);
        await _rig.AddAsync(_outbox, "call", "1");
        Assert.Equal(1, await sender.DeliverDueAsync(default));
        Assert.Null(await _outbox.NextAsync("crm", default));
        Assert.Contains(_rig.Logs.All, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [ContractFact]
    public async Task A_server_that_ends_between_sending_and_knowing_sends_again_after_its_restart()
    {
        await using HookServer server = await HookServer.StartAsync();
        await _rig.AddAsync(_outbox, "call", "1");
        await _rig.AddAsync(_outbox, "call", "2");
        // It took the event, and was killed before it could note that it arrived.
        Assert.Equal("1", Assert.Single(await _outbox.TakeAsync("crm", 8, TimeSpan.FromSeconds(20), default)).EventId);

        WebhookSender restarted = _rig.Sender(WebhookRig.Hook(server.Url), await _rig.OpenAsync(), _post);
        Assert.Equal(0, await restarted.DeliverDueAsync(default));
        _rig.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(1, await restarted.DeliverDueAsync(default));
        Assert.Equal(1, await restarted.DeliverDueAsync(default));
        Assert.Equal(["1", "2"], [WebhookRig.IdOf(await server.NextAsync()), WebhookRig.IdOf(await server.NextAsync())]);
    }

    [ContractFact]
    public async Task A_slow_receiver_is_put_off_and_holds_up_nobody_else()
    {
        await using HookServer slow = await HookServer.StartAsync(0);
        await using HookServer quick = await HookServer.StartAsync();
        WebhookSender late = _rig.Sender(WebhookRig.Hook(slow.Url, "slow") with { Timeout = TimeSpan.FromSeconds(3) }, _outbox, _post);
        WebhookSender early = _rig.Sender(WebhookRig.Hook(quick.Url, "quick"), _outbox, _post);
        await _rig.AddAsync(_outbox, "call", "1", "slow", "quick");
        await _rig.AddAsync(_outbox, "call", "2", "slow", "quick");
        Task<int> waiting = late.DeliverDueAsync(default);
        await slow.NextAsync();
        Assert.Equal(1, await early.DeliverDueAsync(default));
        Assert.Equal(1, await early.DeliverDueAsync(default));
        Assert.False(waiting.IsCompleted);
        // The request has arrived, so the limit has begun.
        _rig.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(1, await waiting);
        Assert.Contains(_rig.Logs.All, line => line.Contains("no answer within 3 s", StringComparison.Ordinal));
        Assert.NotNull(await _outbox.NextAsync("slow", default));
    }

    [ContractFact]
    public async Task How_much_waits_can_be_counted()
    {
        await _rig.AddAsync(_outbox, "call", "1", "crm", "bi");
        await _rig.AddAsync(_outbox, "call", "2", "crm");
        Assert.Equal(new Dictionary<string, long> { ["bi"] = 1, ["crm"] = 2 }, await _outbox.WaitingAsync(default));
    }

    [ContractFact]
    public async Task Two_servers_share_what_is_due()
    {
        for (int call = 0; call < 12; call++)
            await _rig.AddAsync(_outbox, $"call-{call}", $"{call}");
        WebhookOutbox other = await _rig.OpenAsync();
        IReadOnlyList<WebhookDelivery>[] taken = await Task.WhenAll(
            Task.Run(() => _outbox.TakeAsync("crm", 12, TimeSpan.FromSeconds(20), default)), Task.Run(() => other.TakeAsync("crm", 12, TimeSpan.FromSeconds(20), default)));
        string[] all = [.. taken.SelectMany(some => some).Select(delivery => delivery.EventId), .. (await other.TakeAsync("crm", 12, TimeSpan.FromSeconds(20), default)).Select(delivery => delivery.EventId)];
        Assert.Equal(12, all.Length);
        Assert.Equal(12, all.Distinct().Count());
    }

    [ContractFact]
    public async Task What_a_dead_server_left_is_ended_once_whoever_looks()
    {
        WebhookOutbox other = await _rig.OpenAsync();
        await _outbox.AddAsync("cut", "1", [], default, begins: "about");
        await _outbox.AddAsync("over", "2", [], default, begins: "about");
        await _outbox.AddAsync("over", "3", [], default, ends: true);
        int[] ended = await Task.WhenAll(new[] { _outbox, other }.Select(outbox => Task.Run(() => outbox.TakeOverAsync(NodeIdentity.ThisProcess.Id, about => [($"end {about}", [("crm", [1])])], default))));
        Assert.Equal(1, ended.Sum());
        WebhookDelivery end = Assert.Single(await other.TakeAsync("crm", 8, TimeSpan.FromSeconds(20), default));
        Assert.Equal(("cut", "end about"), (end.CallId, end.EventId));
        Assert.Equal(0, await other.TakeOverAsync(NodeIdentity.ThisProcess.Id, _ => throw new InvalidOperationException("none is left"), default));
    }
}
