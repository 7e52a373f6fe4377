using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Api;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Database;
using PhoneAgent.Testing;
using PhoneAgent.Tests.Server.Http;
using Xunit;

namespace PhoneAgent.Tests.Server.Api;

public sealed class IdempotencyTests
{
    private static readonly object Body = new { target = "sip:bob@127.0.0.1:9" };

    [Fact]
    public async Task The_same_key_gets_the_same_answer_and_one_call_is_placed()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        string key = rig.Key(ApiScope.CallsWrite), other = rig.Key(ApiScope.CallsWrite);
        rig.Line.Add("sip:bob@127.0.0.1:9").WhenCalled = human => human.Refuse(CallEndCause.Busy, 486);

        ApiAnswer first = await rig.AskAsync("POST", "/api/v1/calls", Body, key, "one");
        ApiAnswer again = await rig.AskAsync("POST", "/api/v1/calls", Body, key, "one");
        Assert.Equal((202, 202), (first.Status, again.Status));
        Assert.Equal((first.Text, first.Headers["Location"], first.Type), (again.Text, again.Headers["Location"], again.Type));
        Assert.Equal("true", again.Headers["Idempotency-Replayed"]);
        Assert.False(first.Headers.ContainsKey("Idempotency-Replayed"));

        Assert.NotEqual(first.Text, (await rig.AskAsync("POST", "/api/v1/calls", Body, key, "two")).Text);
        // Another client may use the same key.
        Assert.NotEqual(first.Text, (await rig.AskAsync("POST", "/api/v1/calls", Body, other, "one")).Text);
        Assert.Equal(2 + 1, rig.Services.GetService(typeof(CallPlacer)) is CallPlacer placer ? placer.All.Count() : 0);
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_refused()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        string key = rig.Key(ApiScope.CallsWrite);
        await rig.AskAsync("POST", "/api/v1/calls", Body, key, "one");
        ApiAnswer other = await rig.AskAsync("POST", "/api/v1/calls", new { target = "sip:eve@127.0.0.1:9" }, key, "one");
        Assert.Equal((422, "header.Idempotency-Key"), (other.Status, other.Place));
    }

    [Fact]
    public async Task A_mistake_is_answered_again_but_who_was_sent_away_may_come_again()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        string key = rig.Key(ApiScope.CallsWrite);
        await rig.AskAsync("POST", "/api/v1/calls", new { target = "" }, key, "bad");
        Assert.Equal("true", (await rig.AskAsync("POST", "/api/v1/calls", new { target = "" }, key, "bad")).Headers["Idempotency-Replayed"]);
        object dear = new { target = "sip:x@elsewhere.example" };
        Assert.Equal(403, (await rig.AskAsync("POST", "/api/v1/calls", dear, key, "dear")).Status);
        ApiAnswer again = await rig.AskAsync("POST", "/api/v1/calls", dear, key, "dear");
        Assert.Equal(403, again.Status);
        Assert.False(again.Headers.ContainsKey("Idempotency-Replayed"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    public async Task A_key_that_is_none_is_refused(string idempotency)
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        ApiAnswer answer = await rig.AskAsync("POST", "/api/v1/calls", Body, rig.Key(ApiScope.CallsWrite), idempotency);
        Assert.Equal((400, "header.Idempotency-Key"), (answer.Status, answer.Place));
    }

    [Fact]
    public async Task Keys_outlive_the_server_and_are_forgotten_in_time()
    {
        string folder = Directory.CreateTempSubdirectory("phoneagent-keys-").FullName;
        var time = new VirtualTime();
        try
        {
            await using (IAsyncDisposable _ = Open(out IdempotencyStore before))
            {
                Assert.Equal(KeyState.Taken, (await before.TakeAsync("crm one", "hash", default)).State);
                Assert.Equal(KeyState.Taken, (await before.TakeAsync("crm open", "hash", default)).State);
                await before.KeepAsync("crm one", new KeptAnswer(202, "application/json", "/there", [1, 2]), default);
            }
            await using (IAsyncDisposable _ = Open(out IdempotencyStore after))
            {
                (KeyState state, KeptAnswer? answer) = await after.TakeAsync("crm one", "hash", default);
                Assert.Equal((KeyState.Answered, 202, "/there"), (state, answer!.Status, answer.Location));
                Assert.Equal([1, 2], answer.Body);
                // Its server ended in the middle of it: nobody knows what became of it.
                Assert.Equal(KeyState.Open, (await after.TakeAsync("crm open", "hash", default)).State);
                Assert.Equal(KeyState.Other, (await after.TakeAsync("crm one", "another", default)).State);
                time.Advance(TimeSpan.FromHours(25));
                Assert.Equal(KeyState.Taken, (await after.TakeAsync("crm one", "another", default)).State);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        SqliteDatabase Open(out IdempotencyStore store)
        {
            var database = new SqliteDatabase(Path.Combine(folder, "test.db"));
            database.MigrateAsync([ApiMigrations.Set], time, default).GetAwaiter().GetResult();
            store = new IdempotencyStore(database, new ApiOptions(), time);
            return database;
        }
    }
}
