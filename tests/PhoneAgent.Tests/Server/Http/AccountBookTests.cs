using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Server.Http;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Users;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Storage;
using Xunit;

namespace PhoneAgent.Tests.Server.Http;

/// <summary>What one process changes the others know when they look next.</summary>
public sealed class AccountBookTests : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly VirtualTime _time = new();

    public AccountBookTests() => _database = TestDatabase.SqliteAsync().GetAwaiter().GetResult();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task<AccountBook> OpenAsync()
    {
        var config = new LoadedConfig(new PhoneAgentOptions(), null, Path.GetDirectoryName(_database.Database.Place)!, []);
        var book = new AccountBook(new SqlUserStore(_database.Database), config, _time, NullLogger<AccountBook>.Instance);
        await book.LoadAsync(default);
        return book;
    }

    [Fact]
    public async Task ChangesAndEndedSessionsOfOthersAreSeenWhenItLooks()
    {
        using AccountBook one = await OpenAsync(), other = await OpenAsync();
        var desk = new AccountDesk(other, _time);
        Assert.Null(await new AccountDesk(one, _time).AddUserAsync("Ann", Role.Viewer, "correct horse battery", default));
        Assert.True(desk.IsOpen);
        await other.LookAsync(default);
        Assert.False(desk.IsOpen);

        var who = SecurityServices.PrincipalOf(desk.Check("ann", "correct horse battery")!);
        var again = SecurityServices.PrincipalOf(desk.Check("ann", "correct horse battery")!);
        Assert.True(desk.IsCurrent(who));
        await new AccountDesk(one, _time).EndSessionAsync(who, default);
        Assert.False(new AccountDesk(one, _time).IsCurrent(who));
        await other.LookAsync(default);
        Assert.False(desk.IsCurrent(who));
        Assert.True(desk.IsCurrent(again));
    }

    [Fact]
    public async Task TheLastUseOfAKeyIsWrittenDown()
    {
        using AccountBook book = await OpenAsync(), other = await OpenAsync();
        var desk = new AccountDesk(book, _time);
        NewKey made = await desk.AddKeyAsync("crm", [ApiScope.Read], default);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.NotNull(desk.CheckKey(made.Secret!));
        await book.WriteUsesAsync(default);
        await other.LookAsync(default);
        Assert.Equal(_time.GetUtcNow(), Assert.Single(other.Current.Keys).LastUsedAt);
    }

    [Fact]
    public async Task WhoeverListensToTheNetworkNeedsAUserBeforeAnythingStarts()
    {
        var config = new LoadedConfig(new PhoneAgentOptions { Http = new HttpServerOptions { Listen = [new HttpListenOptions { Address = "0.0.0.0" }] } }, null, Path.GetDirectoryName(_database.Database.Place)!, []);
        using var book = new AccountBook(new SqlUserStore(_database.Database), config, _time, NullLogger<AccountBook>.Instance);
        Assert.Contains("nobody has a password yet", (await Assert.ThrowsAsync<HttpServerException>(() => book.StartingAsync(default))).Message, StringComparison.Ordinal);
        Assert.Null(await new AccountDesk(book, _time).AddUserAsync("Ann", Role.Administrator, "correct horse battery", default));
        await book.StartingAsync(default);
    }
}
