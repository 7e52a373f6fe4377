using System.Net;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Options;
using Xunit;

namespace PhoneAgent.Tests.Server.Http;

public sealed class LoginTests
{
    [Fact]
    public async Task WithoutAUserThisMachineNeedsNoPassword()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        using var browser = new Browser(rig);

        (HttpStatusCode status, string body, _) = await browser.GetAsync("/");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("Nobody has a password yet", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.9")]
    [InlineData("Forwarded", "for=203.0.113.9")]
    [InlineData("Host", "192.0.2.1")]
    public async Task BehindAProxyNobodyIsAtThisMachine(string header, string value)
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.TryAddWithoutValidation(header, value);

        using HttpResponseMessage response = await rig.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("users add", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheFirstRunMakesAnAdministratorAndClosesTheDoor()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        using var browser = new Browser(rig);

        Assert.Equal((HttpStatusCode.Found, "/"), await browser.PostAsync("/setup", "/setup", ("name", "admin"), ("password", TestUsers.Password), ("again", TestUsers.Password)));

        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/")).Status);
        Assert.Equal(Role.Administrator, rig.Accounts().Check("admin", TestUsers.Password)?.Role);
        using var stranger = new Browser(rig);
        Assert.Equal(HttpStatusCode.Found, (await stranger.GetAsync("/")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await rig.Client.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task AFirstRunWithTwoDifferentPasswordsSaysSo()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        using var browser = new Browser(rig);

        (_, string? location) = await browser.PostAsync("/setup", "/setup", ("name", "admin"), ("password", TestUsers.Password), ("again", "other"));

        Assert.Contains("not%20the%20same", location, StringComparison.Ordinal);
        Assert.True(rig.Accounts().IsOpen);
    }

    [Fact]
    public async Task AfterTheLoginThePageThatWasAskedForIsShown()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        rig.AddUser("ann", Role.Viewer);
        using var browser = new Browser(rig);

        Assert.EndsWith("/login?returnUrl=%2Faccount", (await browser.GetAsync("/account")).Location, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Found, "/account"), await browser.LogInAsync("ann", TestUsers.Password, "/account"));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/account")).Status);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("/\t/evil.example")]
    public async Task TheLoginLeadsNowhereElse(string returnUrl)
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        rig.AddUser("ann", Role.Viewer);
        using var browser = new Browser(rig);

        Assert.Equal((HttpStatusCode.Found, "/"), await browser.LogInAsync("ann", TestUsers.Password, returnUrl));
    }

    [Fact]
    public async Task CookiesAreOutOfReachForScriptsAndStrangePages()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        using Browser browser = await rig.LoggedInAsync(Role.Viewer);
        string token = "";
        using (HttpResponseMessage page = await rig.NewClient().GetAsync("/login"))
        {
            token = string.Join(';', page.Headers.GetValues("Set-Cookie"));
        }

        Assert.Contains("httponly", token, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", token, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task AFormWithoutThePagesTokenIsRefused()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        rig.AddUser("ann", Role.Viewer);
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("name", "ann"), KeyValuePair.Create("password", TestUsers.Password)]);

        using HttpResponseMessage response = await rig.Client.PostAsync("/login", form);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await rig.Client.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task WhoeverGuessesMustWaitAlsoWithTheRightPassword()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        rig.AddUser("ann", Role.Viewer);
        using var browser = new Browser(rig);

        for (int i = 0; i < LoginGuard.FreeForName; i++)
            Assert.Contains("failed=true", (await browser.LogInAsync("ann", "wrong")).Location, StringComparison.Ordinal);

        Assert.Contains("wait=60", (await browser.LogInAsync("ann", TestUsers.Password)).Location, StringComparison.Ordinal);
        rig.Time.Advance(LoginGuard.FirstWait);
        Assert.Equal("/", (await browser.LogInAsync("ann", TestUsers.Password)).Location);
    }

    [Fact]
    public async Task WhoHasAnotherPasswordOrRoleByNowIsLoggedOut()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        using Browser browser = await rig.LoggedInAsync(Role.Supervisor);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/")).Status);
        rig.AddUser("admin", Role.Administrator);

        Assert.Null(rig.Accounts().SetRole("the-Supervisor", Role.Viewer));

        Assert.Equal(HttpStatusCode.Found, (await browser.GetAsync("/")).Status);
    }

    [Fact]
    public async Task LoggingOutEndsIt()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        using Browser browser = await rig.LoggedInAsync(Role.Viewer);

        await browser.PostAsync("/account", "/logout");

        Assert.Equal(HttpStatusCode.Found, (await browser.GetAsync("/")).Status);
    }

    [Fact]
    public async Task ACopyOfTheCookieEndsWithTheSessionAndNobodyElsesDoes()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        using Browser browser = await rig.LoggedInAsync(Role.Viewer);
        using var elsewhere = new Browser(rig);
        await elsewhere.LogInAsync("the-Viewer", TestUsers.Password);
        using HttpClient thief = rig.NewClient();
        thief.DefaultRequestHeaders.Add("Cookie", browser.CookieHeader());
        Assert.Equal(HttpStatusCode.OK, (await thief.GetAsync(new Uri("/account", UriKind.Relative))).StatusCode);

        await browser.PostAsync("/account", "/logout");

        Assert.Equal(HttpStatusCode.Unauthorized, (await thief.GetAsync(new Uri("/account", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await elsewhere.GetAsync("/account")).Status);
    }

    [Fact]
    public async Task APasswordCanBeChangedByWhoKnowsIt()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        using Browser browser = await rig.LoggedInAsync(Role.Viewer);
        const string next = "another battery staple";

        Assert.Contains("problem=", (await Change("wrong")).Location, StringComparison.Ordinal);
        Assert.Equal("/account?changed=true", (await Change(TestUsers.Password)).Location);

        Assert.NotNull(rig.Accounts().Check("the-viewer", next));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/account")).Status);

        Task<(HttpStatusCode, string? Location)> Change(string current) =>
            browser.PostAsync("/account", "/account/password", ("current", current), ("password", next), ("again", next));
    }
}
