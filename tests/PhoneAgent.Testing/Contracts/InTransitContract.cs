using System.Text;
using PhoneAgent.Server.Api;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Storage.Database;
using PhoneAgent.Server.Storage.Retention;
using PhoneAgent.Server.Webhooks;
using PhoneAgent.Testing.Storage;
using Xunit;

namespace PhoneAgent.Testing.Contracts;

/// <summary>What is on its way out is forgotten with the people it names, on every database.</summary>
public abstract class InTransitContract
{
    private const string Number = "+1 (555) 123-4567";

    internal abstract Task<TestDatabase> OpenAsync();

    [ContractFact]
    public async Task With_a_number_everything_goes_that_names_it_or_one_of_its_calls()
    {
        await using var calls = new StoredCalls(await OpenAsync());
        await calls.AddAsync("his");
        await calls.AddAsync("hers", caller: "+1 (555) 765-4321");
        (WebhookOutbox outbox, IdempotencyStore answers) = Open(calls);
        // Masked, it names nobody, but it tells of his call.
        await TellAsync(outbox, "his", "***67");
        await TellAsync(outbox, "hers", "+15557654321");
        // Nobody answered: no history knows of it.
        await TellAsync(outbox, "unanswered", "sip:+15551234567@provider.example", ends: true);
        await KeepAsync(answers, "key 1 POST /api/v1/calls/his/speak a", null, "");
        await KeepAsync(answers, "key 1 POST /api/v1/calls b", "/api/v1/calls/his", """{"id":"his"}""");
        await KeepAsync(answers, "key 1 POST /api/v1/calls c", "/api/v1/calls/other", """{"party":"15551234567"}""");
        await KeepAsync(answers, "key 1 POST /api/v1/calls d", "/api/v1/calls/hers", """{"party":"+15557654321","note":"+15551234567"}""");
        await KeepAsync(answers, "key 1 POST /api/v1/campaigns e", null, "not JSON");

        // The two calls' events, his call that nobody ended, three answers.
        Assert.Equal(6, await Transit(calls).ForgetOfAsync("1 555 123 4567", default));
        Assert.Equal(["hers"], (await outbox.TakeAsync("crm", 10, TimeSpan.Zero, default)).Select(waiting => waiting.CallId));
        Assert.Equal(["key 1 POST /api/v1/calls d", "key 1 POST /api/v1/campaigns e"], await NamesAsync(calls.Database, "SELECT owner FROM api_answers ORDER BY owner"));
        Assert.Equal(["hers"], await NamesAsync(calls.Database, "SELECT call_id FROM webhook_calls"));
        Assert.Equal(0, await Transit(calls).ForgetOfAsync(" ", default));
    }

    [ContractFact]
    public async Task A_call_that_runs_can_still_be_ended_by_others_without_its_number()
    {
        await using var calls = new StoredCalls(await OpenAsync());
        (WebhookOutbox outbox, _) = Open(calls);
        await TellAsync(outbox, "running", Number);
        Assert.Equal(1, await Transit(calls).ForgetOfAsync(Number, default));
        var told = new List<WebhookCall>();
        Assert.Equal(1, await outbox.TakeOverAsync(NodeIdentity.ThisProcess.Id, about =>
        {
            told.Add(WebhookEvent.ReadCall(about));
            return [];
        }, default));
        Assert.Equal(("running", "front-desk", null), (told[0].Id, told[0].Agent, told[0].Party));
    }

    [ContractFact]
    public async Task Calls_that_are_forgotten_take_what_waits_to_be_told_of_them_along()
    {
        await using var calls = new StoredCalls(await OpenAsync());
        await calls.AddAsync("old", day: "2025-11-01");
        await calls.AddAsync("new", day: "2025-12-30");
        (WebhookOutbox outbox, _) = Open(calls);
        await TellAsync(outbox, "old", Number);
        await TellAsync(outbox, "new", Number);
        Assert.Equal(1, await calls.Store.ForgetAsync(CallData.Calls, calls.Time.GetUtcNow() - TimeSpan.FromDays(30), default));
        Assert.Equal(["new"], (await outbox.TakeAsync("crm", 10, TimeSpan.Zero, default)).Select(waiting => waiting.CallId));
        Assert.Equal(["new"], await NamesAsync(calls.Database, "SELECT call_id FROM webhook_calls"));
    }

    [ContractFact]
    public async Task What_nobody_comes_for_any_more_goes_and_nothing_else()
    {
        await using var calls = new StoredCalls(await OpenAsync());
        (WebhookOutbox outbox, IdempotencyStore answers) = Open(calls);
        await calls.Log.WriteAsync([StoredCalls.Began("running")], default);
        await TellAsync(outbox, "running", Number);
        await TellAsync(outbox, "lost", Number, hook: "gone");
        await KeepAsync(answers, "old", null, "");
        Assert.Equal(default, await Transit(calls).ForgetOldAsync(default));
        calls.Time.Advance(TimeSpan.FromDays(8));
        await TellAsync(outbox, "young", Number, hook: "gone");
        await KeepAsync(answers, "young", null, "");

        // Without a time calls are kept until somebody deletes them.
        Assert.Equal(new OldInTransit(0, 1, 0), await Transit(calls, kept: TimeSpan.Zero, lifetime: TimeSpan.FromDays(30)).ForgetOldAsync(default));
        Assert.Equal(new OldInTransit(1, 0, 1), await Transit(calls).ForgetOldAsync(default));
        Assert.Equal(["running", "young"], await NamesAsync(calls.Database, "SELECT call_id FROM webhook_calls ORDER BY call_id"));
        Assert.Equal(["young"], await NamesAsync(calls.Database, "SELECT owner FROM api_answers"));
        Assert.Equal(["running", "young"], await NamesAsync(calls.Database, "SELECT call_id FROM webhook_outbox ORDER BY call_id"));
        // No receivers at all: all are gone.
        calls.Time.Advance(TimeSpan.FromDays(8));
        Assert.Equal(2, (await Transit(calls, hooks: []).ForgetOldAsync(default)).Events);
    }

    [ContractFact]
    public async Task A_call_of_which_an_older_program_did_not_say_when_it_began_is_as_old_as_this_one()
    {
        await using var calls = new StoredCalls(await OpenAsync());
        (WebhookOutbox outbox, _) = Open(calls);
        await TellAsync(outbox, "ringing", Number);
        await calls.Database.WriteAsync(session => session.ExecuteAsync("UPDATE webhook_calls SET began_at = 0"), default);

        Assert.Equal(0, (await Transit(calls).ForgetOldAsync(default)).Calls);
        calls.Time.Advance(TimeSpan.FromDays(2));
        Assert.Equal(1, (await Transit(calls).ForgetOldAsync(default)).Calls);
    }

    private static (WebhookOutbox, IdempotencyStore) Open(StoredCalls calls) =>
        (new WebhookOutbox(calls.Database, NodeIdentity.ThisProcess, calls.Time), new IdempotencyStore(calls.Database, new ApiOptions { IdempotencyLifetime = TimeSpan.FromDays(30) }, calls.Time));

    private static InTransit Transit(StoredCalls calls, TimeSpan? kept = null, TimeSpan? lifetime = null, string[]? hooks = null) => new(calls.Database, calls.Config with
    {
        Options = calls.Config.Options with
        {
            Storage = new StorageOptions { Retention = new RetentionOptions { Calls = kept ?? TimeSpan.FromDays(1) } },
            Api = new ApiOptions { IdempotencyLifetime = lifetime ?? TimeSpan.FromDays(1) },
            Webhooks = [.. (hooks ?? ["crm"]).Select(hook => new WebhookOptions { Name = hook })],
        },
    }, calls.Parties, calls.Time);

    private static Task TellAsync(WebhookOutbox outbox, string call, string party, string hook = "crm", bool ends = false)
    {
        var started = new WebhookEvent($"{call} began", WebhookEventKind.CallStarted, default, new WebhookCall(call, null, "front-desk", party, "100"));
        return outbox.AddAsync(call, started.Id, [(hook, started.ToUtf8(withPersonalData: true))], default, started.WriteCall(), ends);
    }

    private static async Task KeepAsync(IdempotencyStore answers, string owner, string? location, string body)
    {
        await answers.TakeAsync(owner, "hash", default);
        await answers.KeepAsync(owner, new KeptAnswer(202, "application/json", location, Encoding.UTF8.GetBytes(body)), default);
    }

    private static Task<IReadOnlyList<string>> NamesAsync(SqlDatabase database, string sql) => database.ReadAsync(session => session.QueryAsync<string>(sql), default);
}
