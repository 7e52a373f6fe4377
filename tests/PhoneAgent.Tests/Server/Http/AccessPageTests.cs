using System.Net;
using System.Text.RegularExpressions;
using PhoneAgent.Server.Http.Security;
using Xunit;

namespace PhoneAgent.Tests.Server.Http;

public sealed partial class AccessPageTests
{
    [Fact]
    public async Task AnAdministratorAddsChangesAndRemovesUsers()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        using Browser admin = await rig.LoggedInAsync(Role.Administrator);

        Assert.Equal("/access?done=true", (await admin.PostAsync("/access", "/access/users", ("name", "Bob"), ("password", TestUsers.Password), ("role", "Viewer"))).Location);
        Assert.Equal("/access?done=true", (await admin.PostAsync("/access", "/access/users/role", ("name", "Bob"), ("role", "Supervisor"))).Location);
        Assert.Equal(Role.Supervisor, rig.Accounts().Check("bob", TestUsers.Password)?.Role);
        Assert.Contains("<td>Bob</td>", (await admin.GetAsync("/access")).Body, StringComparison.Ordinal);
        Assert.Equal("/access?done=true", (await admin.PostAsync("/access", "/access/users/remove", ("name", "Bob"))).Location);
        Assert.Null(rig.Accounts().Accounts.FindUser("bob"));
        Assert.Contains("Nobody%20could%20administer", (await admin.PostAsync("/access", "/access/users/remove", ("name", "the-Administrator"))).Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASupervisorChangesNobody()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        using Browser supervisor = await rig.LoggedInAsync(Role.Supervisor);

        Assert.Equal(HttpStatusCode.Forbidden, (await supervisor.GetAsync("/access")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await supervisor.PostAsync("/account", "/access/users", ("name", "Bob"), ("password", TestUsers.Password), ("role", "Administrator"))).Status);
        Assert.Null(rig.Accounts().Accounts.FindUser("bob"));
    }

    [Fact]
    public async Task AKeyIsShownOnceAndWorks()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        using Browser admin = await rig.LoggedInAsync(Role.Administrator);
        string page = (await admin.GetAsync("/access")).Body;
        using var form = new FormUrlEncodedContent(
        [
            KeyValuePair.Create("_handler", "add-key"), KeyValuePair.Create("__RequestVerificationToken", Browser.ScriptToken(page)),
            KeyValuePair.Create("KeyName", "crm"), KeyValuePair.Create("Scopes", "Read"), KeyValuePair.Create("Scopes", "Act"),
        ]);

        using HttpResponseMessage response = await admin.Client.PostAsync("/access", form);

        string secret = Secret().Match(await response.Content.ReadAsStringAsync()).Value;
        Assert.Equal([ApiScope.Read, ApiScope.Act], rig.Accounts().CheckKey(secret)?.Scopes);
        Assert.DoesNotContain(secret, (await admin.GetAsync("/access")).Body, StringComparison.Ordinal);
    }

    [GeneratedRegex("pa_[0-9a-f]{8}_[A-Za-z0-9_-]+")]
    private static partial Regex Secret();
}
