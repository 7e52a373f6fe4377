using PhoneAgent.Server.Http;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Server.Http;

public sealed class AccountDeskTests : IDisposable
{
    private const string Password = "correct horse battery";
    private readonly string _folder = Directory.CreateTempSubdirectory("phoneagent-accounts-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private AccountDesk Desk() => new(new AccountStore(Path.Combine(_folder, "state", "users.json")), new VirtualTime());

    [Fact]
    public void AUserIsThereAfterARestartAndThePasswordIsNowhere()
    {
        Assert.Null(Desk().AddUser("Ann", Role.Supervisor, Password));

        AccountDesk again = Desk();
        Assert.Equal(Role.Supervisor, again.Check("ann", Password)?.Role);
        Assert.Null(again.Check("ann", Password + "!"));
        Assert.Null(again.Check("bob", Password));
        Assert.DoesNotContain(Password, File.ReadAllText(Path.Combine(_folder, "state", "users.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void OnlyTheServersUserReadsTheFile()
    {
        if (OperatingSystem.IsWindows())
            return;
        Desk().AddUser("Ann", Role.Viewer, Password);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder, "state", "users.json")));
        Assert.Single(Directory.GetFiles(Path.Combine(_folder, "state")));
    }

    [Theory]
    [InlineData("Ann", "short", "too short")]
    [InlineData("Ann", "aaaaaaaaaaaa", "repeats")]
    [InlineData("Ann", "hello-ann-hello", "contains the name")]
    [InlineData("", Password, "1 to 60")]
    [InlineData("<b>", Password, "letters")]
    public void BadNamesAndWeakPasswordsAreRefusedInWords(string name, string password, string reason)
    {
        Assert.Contains(reason, Desk().AddUser(name, Role.Viewer, password), StringComparison.Ordinal);
        Assert.True(Desk().IsOpen);
    }

    [Fact]
    public void TheSameNameInOtherLettersIsTheSameUser()
    {
        AccountDesk desk = Desk();
        desk.AddUser("Ann", Role.Administrator, Password);
        Assert.Equal("There is a user ANN already.", desk.AddUser("ANN", Role.Viewer, Password));
        Assert.Equal("There is a user already: log in.", desk.AddUser("Bob", Role.Administrator, Password, onlyFirst: true));
    }

    [Fact]
    public void TheLastAdministratorStays()
    {
        AccountDesk desk = Desk();
        desk.AddUser("Ann", Role.Administrator, Password);
        desk.AddUser("Bob", Role.Viewer, Password);

        Assert.Contains("Nobody could administer", desk.RemoveUser("ann"), StringComparison.Ordinal);
        Assert.Contains("Nobody could administer", desk.SetRole("ann", Role.Supervisor), StringComparison.Ordinal);
        Assert.Null(desk.SetRole("bob", Role.Administrator));
        Assert.Null(desk.RemoveUser("ann"));
        Assert.Equal("There is no user ann.", desk.RemoveUser("ann"));
    }

    [Fact]
    public void AKeyWorksUntilItIsRemovedAndOnlyAsAWhole()
    {
        AccountDesk desk = Desk();
        NewKey made = desk.AddKey("crm", [ApiScope.Read]);

        Assert.Equal("crm", Desk().CheckKey(made.Secret!)?.Name);
        Assert.Null(desk.CheckKey(made.Secret![..^1]));
        Assert.Null(desk.CheckKey($"pa_{made.Key!.Id}_"));
        Assert.Null(desk.CheckKey(new string('x', 10_000)));
        Assert.DoesNotContain(made.Secret!, File.ReadAllText(Path.Combine(_folder, "state", "users.json")), StringComparison.Ordinal);
        Assert.True(desk.RemoveKey(made.Key.Id));
        Assert.Null(desk.CheckKey(made.Secret!));
    }

    [Fact]
    public void ABrokenFileIsSaidAndNeverTakenForNoUsers()
    {
        Desk().AddUser("Ann", Role.Viewer, Password);
        File.WriteAllText(Path.Combine(_folder, "state", "users.json"), "{ not json");
        Assert.Contains("users.json", Assert.Throws<HttpServerException>(() => Desk().IsOpen).Message, StringComparison.Ordinal);
    }
}
