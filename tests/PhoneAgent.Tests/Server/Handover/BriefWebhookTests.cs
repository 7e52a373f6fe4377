using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Transfer.Brief;
using PhoneAgent.Server.Handover;
using PhoneAgent.Server.Options;
using PhoneAgent.Testing;
using PhoneAgent.Tests.Conversation.Transfer.Brief;
using PhoneAgent.Tests.Server.Hosting;
using Xunit;

namespace PhoneAgent.Tests.Server.Handover;

public sealed class BriefWebhookTests
{
    private const string Secret = "a secret of ours 0123456789";

    private static readonly BriefDocument Document =
        BriefDocument.Of(BriefByRules.Write(BriefCalls.Of(BriefCalls.Angry, TransferReasons.Asked, BriefCalls.FrontDesk())), "https://calls.example.com/briefs/abc");

    private readonly VirtualTime _time = new();
    private readonly Channel<TimelineEvent> _reported = Channel.CreateUnbounded<TimelineEvent>();

    [Fact]
    public async Task TheBriefArrivesAsSignedJson()
    {
        await using HookServer server = await HookServer.StartAsync();
        await using BriefWebhook webhook = Create(server.Url);
        webhook.Post(Document, Report);

        HookRequest request = await server.NextAsync();
        Assert.Equal("application/json", request.Headers["Content-Type"]);
        string timestamp = request.Headers["X-PhoneAgent-Timestamp"];
        Assert.Equal(_time.GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture), timestamp);
        AssertSigned(request);

        using JsonDocument json = JsonDocument.Parse(request.Body);
        JsonElement brief = json.RootElement.GetProperty("brief");
        Assert.Equal("c1", brief.GetProperty("callId").GetString());
        Assert.Equal("asked", brief.GetProperty("reason").GetProperty("kind").GetString());
        Assert.Equal("where is my order", brief.GetProperty("transcript")[1].GetProperty("text").GetString());
        Assert.Equal(15, brief.GetProperty("emotions")[1].GetProperty("at").GetDouble());
        Assert.Equal("420718", brief.GetProperty("fields")[0].GetProperty("value").GetString());
        Assert.Equal("https://calls.example.com/briefs/abc", json.RootElement.GetProperty("url").GetString());
        Assert.Contains("Why: ", json.RootElement.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServerInTroubleIsAskedAgainLaterAsTheSameDelivery()
    {
        await using HookServer server = await HookServer.StartAsync(503, 429);
        await using BriefWebhook webhook = Create(server.Url);
        webhook.Post(Document, Report);
        HookRequest[] requests = [await server.NextAsync(), await AfterAPauseAsync(server), await AfterAPauseAsync(server)];
        Assert.Single(requests.Select(request => request.Headers["X-PhoneAgent-Delivery"]).Distinct());
        Assert.All(requests, AssertSigned);
    }

    [Fact]
    public async Task WhatIsGivenUpIsSaidWithoutTheAddressesSecrets()
    {
        await using HookServer server = await HookServer.StartAsync(500, 500, 500, 500);
        await using BriefWebhook webhook = Create(server.Url, options => options with { Attempts = 3 });
        webhook.Post(Document, Report);
        await server.NextAsync();
        await AfterAPauseAsync(server);
        await AfterAPauseAsync(server);
        TimelineEvent.Failure failure = await ReportedAsync();
        Assert.Equal(("brief webhook", "127.0.0.1: status 500"), (failure.Who, failure.What));
        Assert.True(server.IsQuiet);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(302)]
    public async Task WhoRefusesIsNotAskedAgainNorFollowed(int status)
    {
        await using HookServer server = await HookServer.StartAsync(status);
        await using BriefWebhook webhook = Create(server.Url);
        webhook.Post(Document, Report);
        await server.NextAsync();
        Assert.Equal($"127.0.0.1: status {status}", (await ReportedAsync()).What);
        Assert.True(server.IsQuiet);
    }

    [Fact]
    public async Task AServerThatNeverAnswersIsGivenUp()
    {
        await using HookServer server = await HookServer.StartAsync(0);
        await using BriefWebhook webhook = Create(server.Url, options => options with { Attempts = 1, Timeout = TimeSpan.FromSeconds(3) });
        webhook.Post(Document, Report);
        await server.NextAsync();
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("127.0.0.1: no answer within 3 s", (await ReportedAsync()).What);
    }

    [Fact]
    public async Task OneDeadAddressDoesNotKeepTheOthersWaiting()
    {
        await using HookServer dead = await HookServer.StartAsync(0);
        await using HookServer good = await HookServer.StartAsync();
        BriefWebhook webhook = Create(dead.Url, options => options with { Urls = [dead.Url, good.Url] });
        webhook.Post(Document, Report);
        await good.NextAsync();
        await dead.NextAsync();
        webhook.Post(Document, Report);
        await good.NextAsync();
        await CloseAsync(webhook);
    }

    [Fact]
    public async Task TheEndOfTheProgramIsNotHeldUp()
    {
        await using HookServer server = await HookServer.StartAsync(0);
        BriefWebhook webhook = Create(server.Url);
        webhook.Post(Document, Report);
        await server.NextAsync();
        await CloseAsync(webhook);
        Assert.Equal("127.0.0.1: the program ends", (await ReportedAsync()).What);
    }

    [Fact]
    public async Task WithoutAddressesNothingHappens()
    {
        await using var webhook = new BriefWebhook(new BriefWebhookOptions(), _time, NullLogger<BriefWebhook>.Instance);
        webhook.Post(Document, Report);
        Assert.Equal(0, _reported.Reader.Count);
    }

    [Theory]
    [InlineData("ftp://example.com", Secret, "urls[0]")]
    [InlineData("https://example.com/hook", null, "secret")]
    [InlineData("https://example.com/hook", "short", "secret")]
    public void WrongOptionsAreNamedAndTheSecretIsNot(string url, string? secret, string key)
    {
        var options = new BriefWebhookOptions { Urls = [url], Secret = secret };
        (string found, string message) = Assert.Single(options.Check());
        Assert.Equal(key, found);
        Assert.DoesNotContain(secret ?? "no secret", message, StringComparison.Ordinal);
        Assert.DoesNotContain(secret ?? "no secret", options.ToString(), StringComparison.Ordinal);
    }

    private BriefWebhook Create(string url, Func<BriefWebhookOptions, BriefWebhookOptions>? change = null)
    {
        // The clock is moved for the pauses between attempts; no attempt is to be cut off by that.
        var options = new BriefWebhookOptions { Urls = [url], Secret = Secret, Timeout = TimeSpan.FromHours(1) };
        return new BriefWebhook(change?.Invoke(options) ?? options, _time, NullLogger<BriefWebhook>.Instance);
    }

    /// <summary>With something under way that never ends.</summary>
    private async Task CloseAsync(BriefWebhook webhook)
    {
        Task closing = webhook.DisposeAsync().AsTask();
        Assert.False(closing.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(5));
        await closing.WaitAsync(HostRig.Patience);
    }

    private static void AssertSigned(HookRequest request)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{request.Headers["X-PhoneAgent-Timestamp"]}."), .. request.Body];
        Assert.Equal($"v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), signed))}", request.Headers["X-PhoneAgent-Signature"]);
    }

    private void Report(TimelineEvent happened) => _reported.Writer.TryWrite(happened);

    private async Task<TimelineEvent.Failure> ReportedAsync() =>
        Assert.IsType<TimelineEvent.Failure>(await _reported.Reader.ReadAsync().AsTask().WaitAsync(HostRig.Patience));

    private async Task<HookRequest> AfterAPauseAsync(HookServer server)
    {
        Task<HookRequest> next = server.NextAsync();
        // Until the pause has begun there is nothing to let pass.
        while (!next.IsCompleted)
        {
            // The pause, and not the hour after which an attempt is given up, however long that takes on a busy machine.
            _time.AdvanceToNextTimer(TimeSpan.FromMinutes(1));
            await Task.WhenAny(next, Task.Run(Thread.Yield));
        }
        return await next;
    }
}
