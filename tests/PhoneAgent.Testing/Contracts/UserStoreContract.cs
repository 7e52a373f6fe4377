using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Storage.Users;
using PhoneAgent.Testing.Storage;
using Xunit;

namespace PhoneAgent.Testing.Contracts;

/// <summary>What every store of users and keys does.</summary>
public abstract class UserStoreContract
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 10, 0, 0, TimeSpan.Zero);

    internal abstract Task<TestDatabase> OpenAsync();

    [ContractFact]
    public async Task WhatWasWrittenIsReadAndOnlyWhenItIsNew()
    {
        await using TestDatabase database = await OpenAsync();
        var store = new SqlUserStore(database.Database);
        Accounts empty = (await store.ReadAsync(0, default))!;
        Assert.Equal((0, 0), (empty.Users.Count, empty.Keys.Count));
        Assert.Null(await store.ReadAsync(empty.Version, default));

        var ann = new UserAccount("Ann", Role.Supervisor, "hash", "stamp");
        var key = new ApiKey("id", "crm", "hash", [ApiScope.CallsWrite, ApiScope.Talk], Now);
        Accounts written = (await store.UpdateAsync(_ => new Accounts { Users = [ann], Keys = [key] }, default))!;
        Assert.True(written.Version > empty.Version);
        Accounts read = (await store.ReadAsync(empty.Version, default))!;
        Assert.Equal((written.Version, ann), (read.Version, Assert.Single(read.Users)));
        Assert.Equal(("id", "crm", "hash", Now, null), (read.Keys[0].Id, read.Keys[0].Name, read.Keys[0].Hash, read.Keys[0].CreatedAt, read.Keys[0].LastUsedAt));
        Assert.Equal(key.Scopes, read.Keys[0].Scopes);
        Assert.Null(await store.ReadAsync(written.Version, default));

        // Nothing is written when nothing is to be changed.
        Assert.Null(await store.UpdateAsync(_ => null, default));
        Assert.Null(await store.ReadAsync(written.Version, default));
    }

    [ContractFact]
    public async Task UsersAndKeysAreChangedAndRemovedWhateverTheLettersOfAName()
    {
        await using TestDatabase database = await OpenAsync();
        var store = new SqlUserStore(database.Database);
        await store.UpdateAsync(_ => new Accounts
        {
            Users = [new UserAccount("Ünal", Role.Viewer, "one", "a"), new UserAccount("Bob", Role.Viewer, "two", "b")],
            Keys = [new ApiKey("one", "crm", "h", [ApiScope.Read], Now), new ApiKey("two", "crm", "h", [ApiScope.Read], Now)],
        }, default);
        await store.UpdateAsync(accounts => accounts.With(new UserAccount("ÜNAL", Role.Administrator, "three", "c")) with { Keys = [.. accounts.Keys.Where(key => key.Id != "one")] }, default);
        await store.UpdateAsync(accounts => accounts.Without("bob"), default);
        Accounts left = (await store.ReadAsync(0, default))!;
        Assert.Equal(new UserAccount("ÜNAL", Role.Administrator, "three", "c"), Assert.Single(left.Users));
        Assert.Equal("two", Assert.Single(left.Keys).Id);
    }

    [ContractFact]
    public async Task ManyWhoWriteAtOnceLoseNothing()
    {
        await using TestDatabase database = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            new SqlUserStore(database.Database).UpdateAsync(accounts => accounts with { Users = [.. accounts.Users, new UserAccount($"user {i}", Role.Viewer, "h", $"{accounts.Users.Count}")] }, default)));
        Accounts all = (await new SqlUserStore(database.Database).ReadAsync(0, default))!;
        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"user {i}"), all.Users.Select(user => user.Name));
        // Each saw what the one before had written.
        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"{i}"), all.Users.Select(user => user.Stamp).Order());
    }

    [ContractFact]
    public async Task TheLastUseOfAKeyGoesForwardOnlyAndIsSeenElsewhere()
    {
        await using TestDatabase database = await OpenAsync();
        var store = new SqlUserStore(database.Database);
        Accounts before = (await store.UpdateAsync(_ => new Accounts { Keys = [new ApiKey("one", "crm", "h", [ApiScope.Read], Now)] }, default))!;
        await store.KeysUsedAsync(new Dictionary<string, DateTimeOffset> { ["one"] = Now.AddDays(1), ["gone"] = Now }, default);
        await store.KeysUsedAsync(new Dictionary<string, DateTimeOffset> { ["one"] = Now }, default);
        Assert.Equal(Now.AddDays(1), Assert.Single((await store.ReadAsync(before.Version, default))!.Keys).LastUsedAt);
    }

    [ContractFact]
    public async Task AnEndedSessionIsKnownUntilItsCookiesHaveExpired()
    {
        await using TestDatabase database = await OpenAsync();
        var store = new SqlUserStore(database.Database);
        await store.EndSessionAsync("one", Now, Now.AddDays(1), default);
        await store.EndSessionAsync("one", Now, Now.AddDays(1), default);
        Assert.Equal(["one"], (await store.ReadAsync(0, default))!.EndedSessions);
        await store.EndSessionAsync("two", Now.AddDays(2), Now.AddDays(3), default);
        Assert.Equal(["two"], (await store.ReadAsync(0, default))!.EndedSessions);
    }
}
