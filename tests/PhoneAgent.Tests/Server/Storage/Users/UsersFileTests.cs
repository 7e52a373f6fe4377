using PhoneAgent.Server.Http;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Users;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Server.Storage.Users;

/// <summary>The users of earlier versions come over once, and a damaged file opens nothing.</summary>
public sealed class UsersFileTests : IDisposable
{
    // Written by the version before; the password is "correct horse battery".
    private static readonly string Old = $$"""
        {
          "users": [{ "name": "Ann", "role": "administrator", "password": "{{Passwords.Hash("correct horse battery")}}", "stamp": "0011223344556677" }],
          "keys": [{ "id": "0a0b0c0d", "name": "crm", "hash": "00ff", "scopes": ["read", "calls:write"], "createdAt": "2026-05-04T10:00:00+00:00" }]
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("phoneagent-users-").FullName;
    private readonly LoadedConfig _config;

    public UsersFileTests() => _config = new LoadedConfig(new PhoneAgentOptions { Http = new HttpServerOptions { StateFolder = _folder } }, null, _folder, []);

    private string Users => Path.Combine(_folder, "users.json");

    private Task<OpenAccounts> OpenAsync() => OpenAccounts.OpenAsync(_config, new VirtualTime(), default);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task UsersAndKeysComeOverOnceAndTheFileIsKept()
    {
        await File.WriteAllTextAsync(Users, Old);
        await using (OpenAccounts first = await OpenAsync())
        {
            Assert.Equal(Role.Administrator, first.Desk.Check("ann", "correct horse battery")?.Role);
            ApiKey key = Assert.Single(first.Desk.Accounts.Keys);
            Assert.Equal(("0a0b0c0d", "00ff", null), (key.Id, key.Hash, key.LastUsedAt));
            Assert.Equal([ApiScope.Read, ApiScope.CallsWrite], key.Scopes);
            Assert.Null(await first.Desk.SetPasswordAsync("Ann", "another battery staple", default));
        }
        Assert.False(File.Exists(Users));
        Assert.Equal(Old, await File.ReadAllTextAsync($"{Users}.imported"));

        // Somebody puts a backup back: who is there already stays as he is.
        await File.WriteAllTextAsync(Users, Old);
        await using OpenAccounts again = await OpenAsync();
        Assert.NotNull(again.Desk.Check("ann", "another battery staple"));
        Assert.Single(again.Desk.Accounts.Keys);
        Assert.Equal(2, Directory.EnumerateFiles(_folder, "users.json.imported*").Count());
    }

    [Fact]
    public async Task ManyWhoStartAtOnceTakeThemOverOnce()
    {
        await File.WriteAllTextAsync(Users, Old);
        OpenAccounts[] all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(OpenAsync)));
        foreach (OpenAccounts one in all)
        {
            Assert.Equal(("Ann", "crm"), (Assert.Single(one.Desk.Accounts.Users).Name, Assert.Single(one.Desk.Accounts.Keys).Name));
            await one.DisposeAsync();
        }
        Assert.False(File.Exists(Users));
    }

    [Theory]
    [InlineData("{ not json")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("{\"users\":null}")]
    [InlineData("{\"users\":[null]}")]
    [InlineData("{\"users\":[{\"name\":\"ann\"}]}")]
    [InlineData("{\"users\":[],\"keys\":[{}]}")]
    public async Task ADamagedFileIsSaidAndNeverTakenForNoUsers(string content)
    {
        await File.WriteAllTextAsync(Users, content);
        Assert.Contains(Users, (await Assert.ThrowsAsync<HttpServerException>(OpenAsync)).Message, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(Users));
    }
}
