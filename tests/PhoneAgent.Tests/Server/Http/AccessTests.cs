using System.Net;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Options;
using Xunit;

namespace PhoneAgent.Tests.Server.Http;

public sealed class AccessTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/account")]
    [InlineData("/setup")]
    [InlineData("/access")]
    [InlineData("/no/such/page")]
    public async Task WithoutALoginThereIsNothing(string path)
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        rig.AddUser("ann", Role.Viewer);

        Assert.Equal(HttpStatusCode.Unauthorized, (await rig.Client.GetAsync(path)).StatusCode);
        using var browser = new Browser(rig);
        Assert.Contains("/login", (await browser.GetAsync(path)).Location, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Supervisor)]
    public async Task WhatIsForAdministratorsIsNotForOthers(Role role)
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        using Browser browser = await rig.LoggedInAsync(role);

        (HttpStatusCode status, string body, _) = await browser.GetAsync("/setup");

        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("Not for you", body, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"/access\"", (await browser.GetAsync("/")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ApiScope.Read, HttpStatusCode.OK)]
    [InlineData(ApiScope.Admin, HttpStatusCode.OK)]
    [InlineData(ApiScope.CallsRead, HttpStatusCode.Forbidden)]
    [InlineData(ApiScope.Talk, HttpStatusCode.Forbidden)]
    public async Task AKeyMayDoWhatItsScopeSays(ApiScope scope, HttpStatusCode expected)
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        rig.AddUser("ann", Role.Viewer);
        string secret = rig.Accounts().AddKey("crm", [scope]).Secret!;

        foreach ((string header, string value) in new[] { (ApiKeyHandler.Header, secret), ("Authorization", $"Bearer {secret}") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/health") { Headers = { { header, value } } };
            using HttpResponseMessage response = await rig.Client.SendAsync(request);
            Assert.Equal(expected, response.StatusCode);
        }
    }

    [Fact]
    public async Task AWrongKeyIsRefusedEvenWhereNobodyNeedsAPassword()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { ApiKeyHandler.Header, "pa_12345678_x" } } };

        Assert.Equal(HttpStatusCode.Unauthorized, (await rig.Client.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("calls.example.com", HttpStatusCode.OK)]
    [InlineData("other.example.com:8080", HttpStatusCode.OK)]
    [InlineData("localhost", HttpStatusCode.OK)]
    public async Task RequestsToAStrangeNameAreRefused(string host, HttpStatusCode expected)
    {
        await using HttpRig rig = await HttpRig.StartAsync(new HttpServerOptions { PublicUrl = "https://calls.example.com", AllowedHosts = ["other.example.com"] });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/live") { Headers = { Host = host } };

        Assert.Equal(expected, (await rig.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task EveryAnswerForbidsInlineScriptsAndFrames()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        foreach (string path in new[] { "/", "/login", "/assets/css/app.css", "/health", "/no/such/page" })
        {
            using HttpResponseMessage response = await rig.Client.GetAsync(path);
            string policy = response.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        }
        using HttpResponseMessage page = await rig.Client.GetAsync("/");
        Assert.True(page.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task NoPageHasInlineScriptOrStyle()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        using var browser = new Browser(rig);
        foreach (string path in new[] { "/", "/login", "/setup", "/account", "/access", "/no/such/page" })
        {
            string body = (await browser.GetAsync(path)).Body;
            Assert.DoesNotMatch("<script(?![^>]*src=)", body);
            Assert.DoesNotMatch("<style|\\sstyle=|\\son[a-z]+=", body);
        }
    }

    [Fact]
    public async Task AssetsAreThereAndAreNotSentTwice()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        using HttpResponseMessage first = await rig.Client.GetAsync("/assets/css/app.css");
        Assert.Equal("text/css", first.Content.Headers.ContentType?.MediaType);

        using var again = new HttpRequestMessage(HttpMethod.Get, "/assets/css/app.css") { Headers = { { "If-None-Match", first.Headers.ETag!.ToString() } } };
        Assert.Equal(HttpStatusCode.NotModified, (await rig.Client.SendAsync(again)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await rig.Client.GetAsync("/assets/../users.json")).StatusCode);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("http://127.0.0.1:8080", true)]
    [InlineData("https://calls.example.com", true)]
    [InlineData("http://calls.example.com", false)]
    [InlineData("http://evil.example", false)]
    [InlineData("null", false)]
    [InlineData("http://127.0.0.1:9999", false)]
    public void SocketsAreForOurOwnPages(string? origin, bool ours)
    {
        var names = new HostNames(new HttpServerOptions { PublicUrl = "https://calls.example.com" });
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        context.Request.Host = new Microsoft.AspNetCore.Http.HostString("127.0.0.1:8080");
        if (origin is not null)
            context.Request.Headers.Origin = origin;

        Assert.Equal(ours, names.IsSameOrigin(context.Request));
    }
}
