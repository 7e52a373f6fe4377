using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Options;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Server.Http;

public sealed class AccountDeskTests : IDisposable
{
    private const string Password = "correct horse battery";
    private readonly string _folder = Directory.CreateTempSubdirectory("phoneagent-accounts-").FullName;
    private readonly VirtualTime _time = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>What another process would open.</summary>
    private Task<OpenAccounts> OpenAsync() => OpenAccounts.OpenAsync(new LoadedConfig(new PhoneAgentOptions { Http = new HttpServerOptions { StateFolder = _folder } }, null, _folder, []), _time, default);

    [Fact]
    public async Task AUserIsThereAfterARestartAndThePasswordIsNowhere()
    {
        await using (OpenAccounts first = await OpenAsync())
            Assert.Null(await first.Desk.AddUserAsync("Ann", Role.Supervisor, Password, default));

        await using OpenAccounts again = await OpenAsync();
        Assert.Equal(Role.Supervisor, again.Desk.Check("ann", Password)?.Role);
        Assert.Null(again.Desk.Check("ann", Password + "!"));
        Assert.Null(again.Desk.Check("bob", Password));
        Assert.DoesNotContain(Password, Kept(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Ann", "short", "too short")]
    [InlineData("Ann", "aaaaaaaaaaaa", "repeats")]
    [InlineData("Ann", "hello-ann-hello", "contains the name")]
    [InlineData("", Password, "1 to 60")]
    [InlineData("<b>", Password, "letters")]
    public async Task BadNamesAndWeakPasswordsAreRefusedInWords(string name, string password, string reason)
    {
        await using OpenAccounts accounts = await OpenAsync();
        Assert.Contains(reason, await accounts.Desk.AddUserAsync(name, Role.Viewer, password, default), StringComparison.Ordinal);
        Assert.True(accounts.Desk.IsOpen);
    }

    [Fact]
    public async Task TheSameNameInOtherLettersIsTheSameUserAlsoForAnotherProcess()
    {
        await using OpenAccounts one = await OpenAsync(), other = await OpenAsync();
        Assert.Null(await one.Desk.AddUserAsync("Ann", Role.Administrator, Password, default));
        Assert.Equal("There is a user ANN already.", await other.Desk.AddUserAsync("ANN", Role.Viewer, Password, default));
        Assert.Equal("There is a user already: log in.", await other.Desk.AddUserAsync("Bob", Role.Administrator, Password, default, onlyFirst: true));
        Assert.Null(await other.Desk.AddUserAsync("Bob", Role.Viewer, Password, default));
        Assert.Null(await one.Desk.SetPasswordAsync("Bob", "another battery staple", default));
        Assert.Equal(["Ann", "Bob"], one.Desk.Accounts.Users.Select(user => user.Name).Order());
    }

    [Fact]
    public async Task TheLastAdministratorStays()
    {
        await using OpenAccounts accounts = await OpenAsync();
        AccountDesk desk = accounts.Desk;
        await desk.AddUserAsync("Ann", Role.Administrator, Password, default);
        await desk.AddUserAsync("Bob", Role.Viewer, Password, default);

        Assert.Contains("Nobody could administer", await desk.RemoveUserAsync("ann", default), StringComparison.Ordinal);
        Assert.Contains("Nobody could administer", await desk.SetRoleAsync("ann", Role.Supervisor, default), StringComparison.Ordinal);
        Assert.Null(await desk.SetRoleAsync("bob", Role.Administrator, default));
        Assert.Null(await desk.RemoveUserAsync("ann", default));
        Assert.Equal("There is no user ann.", await desk.RemoveUserAsync("ann", default));
    }

    [Fact]
    public async Task AKeyWorksUntilItIsRemovedAndOnlyAsAWhole()
    {
        await using OpenAccounts accounts = await OpenAsync();
        AccountDesk desk = accounts.Desk;
        NewKey made = await desk.AddKeyAsync("crm", [ApiScope.Read], default);

        await using (OpenAccounts again = await OpenAsync())
            Assert.Equal("crm", again.Desk.CheckKey(made.Secret!)?.Name);
        Assert.Null(desk.CheckKey(made.Secret![..^1]));
        Assert.Null(desk.CheckKey($"pa_{made.Key!.Id}_"));
        Assert.Null(desk.CheckKey(new string('x', 10_000)));
        Assert.DoesNotContain(made.Secret!, Kept(), StringComparison.Ordinal);
        Assert.True(await desk.RemoveKeyAsync(made.Key.Id, default));
        Assert.Null(desk.CheckKey(made.Secret!));
    }

    private string Kept() => string.Concat(Directory.EnumerateFiles(_folder).Where(file => !file.EndsWith("-shm", StringComparison.Ordinal)).Select(file => System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file))));
}
