using PhoneAgent.Server.Api;
using PhoneAgent.Server.Options;
using PhoneAgent.Testing.Storage;
using Xunit;

namespace PhoneAgent.Testing.Contracts;

/// <summary>What the answers to requests that may be sent again do on every database.</summary>
public abstract class IdempotencyStoreContract
{
    private readonly VirtualTime _time = new();

    internal abstract Task<TestDatabase> OpenAsync();

    [ContractFact]
    public async Task An_answer_is_given_again_to_the_same_request_until_it_is_too_old()
    {
        await using TestDatabase database = await OpenAsync();
        // A start of the server each: what one has written, the next one reads.
        IdempotencyStore before = Open(database), after = Open(database);
        Assert.Equal(KeyState.Taken, (await before.TakeAsync("crm one", "hash", default)).State);
        Assert.Equal(KeyState.Open, (await after.TakeAsync("crm one", "hash", default)).State);
        await before.KeepAsync("crm one", new KeptAnswer(202, "application/json", "/there", [0, 1, 255]), default);

        (KeyState state, KeptAnswer? answer) = await after.TakeAsync("crm one", "hash", default);
        Assert.Equal((KeyState.Answered, 202, "application/json", "/there"), (state, answer!.Status, answer.ContentType, answer.Location));
        Assert.Equal([0, 1, 255], answer.Body);
        Assert.Equal(KeyState.Other, (await after.TakeAsync("crm one", "another", default)).State);

        _time.Advance(new ApiOptions().IdempotencyLifetime + TimeSpan.FromSeconds(1));
        Assert.Equal(KeyState.Taken, (await after.TakeAsync("crm one", "another", default)).State);
    }

    [ContractFact]
    public async Task A_key_that_was_given_back_is_free()
    {
        await using TestDatabase database = await OpenAsync();
        IdempotencyStore store = Open(database);
        await store.TakeAsync("crm one", "hash", default);
        await store.ForgetAsync("crm one", default);
        Assert.Equal(KeyState.Taken, (await store.TakeAsync("crm one", "another", default)).State);
    }

    [ContractFact]
    public async Task Of_many_who_come_at_once_one_takes_the_key()
    {
        await using TestDatabase database = await OpenAsync();
        IdempotencyStore[] servers = [Open(database), Open(database)];
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => servers[i % 2].TakeAsync("crm one", "hash", default))));
        Assert.Equal((1, 15), (answers.Count(one => one.State == KeyState.Taken), answers.Count(one => one.State == KeyState.Open)));
    }

    private IdempotencyStore Open(TestDatabase database) => new(database.Database, new ApiOptions(), _time);
}
