using System.Net;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Options;
using Xunit;

namespace PhoneAgent.Tests.Server.Http;

public sealed class TrustedProxiesTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.0/8")]
    public async Task BehindAProxyThatIsNamedAGuesserLocksOutOnlyHimself(string proxy)
    {
        await using HttpRig rig = await HttpRig.StartAsync(new HttpServerOptions { Proxies = [proxy] });
        rig.AddUser("ann", Role.Viewer);
        Guessed(rig, "203.0.113.7");

        Assert.True(await MustWaitAsync(rig, "203.0.113.7"));
        Assert.False(await MustWaitAsync(rig, "203.0.113.8"));
    }

    [Fact]
    public async Task WhatAStrangerSaysOfHisAddressIsNotBelieved()
    {
        await using HttpRig rig = await HttpRig.StartAsync(new HttpServerOptions { Proxies = ["10.0.0.0/8"] });
        rig.AddUser("ann", Role.Viewer);
        Guessed(rig, "127.0.0.1");

        Assert.True(await MustWaitAsync(rig, "203.0.113.8"));
    }

    [Fact]
    public async Task AnAddressThatTheSenderMadeUpInFrontOfTheProxysIsNotTaken()
    {
        await using HttpRig rig = await HttpRig.StartAsync(new HttpServerOptions { Proxies = ["127.0.0.1"] });
        rig.AddUser("ann", Role.Viewer);
        Guessed(rig, "203.0.113.7");

        Assert.True(await MustWaitAsync(rig, "198.51.100.1, 203.0.113.7"));
    }

    [Theory]
    [InlineData("127.0.0.1")] // who comes through the proxy and says that he is this machine
    [InlineData("203.0.113.7")]
    public async Task WithoutAPasswordNobodyComesInThroughAProxy(string forwarded)
    {
        await using HttpRig rig = await HttpRig.StartAsync(new HttpServerOptions { Proxies = ["127.0.0.1"] });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "X-Forwarded-For", forwarded } } };

        using HttpResponseMessage response = await rig.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task BehindHttpsTheCookieIsForHttpsOnly()
    {
        await using HttpRig rig = await HttpRig.StartAsync(new HttpServerOptions { Proxies = ["127.0.0.1"] });
        rig.AddUser("ann", Role.Viewer);
        using HttpClient client = rig.NewClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/login") { Headers = { { "X-Forwarded-For", "203.0.113.7" }, { "X-Forwarded-Proto", "https" } } };

        using HttpResponseMessage response = await client.SendAsync(request);

        Assert.All(response.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("secure", cookie, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>So many logins from an address failed that it must wait.</summary>
    private static void Guessed(HttpRig rig, string address)
    {
        var guard = (LoginGuard)rig.Services.GetService(typeof(LoginGuard))!;
        for (int i = 0; i < LoginGuard.FreeForAddress; i++)
            guard.OnFailure($"user{i}", address);
    }

    private static async Task<bool> MustWaitAsync(HttpRig rig, string forwarded)
    {
        using var browser = new Browser(rig);
        browser.Client.DefaultRequestHeaders.Add("X-Forwarded-For", forwarded);
        return (await browser.LogInAsync("somebody", TestUsers.Password)).Location!.Contains("wait=", StringComparison.Ordinal);
    }
}
