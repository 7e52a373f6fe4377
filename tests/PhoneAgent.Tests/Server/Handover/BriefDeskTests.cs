using System.Text;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Transfer;
using PhoneAgent.Conversation.Transfer.Brief;
using PhoneAgent.Server.Handover;
using PhoneAgent.Server.Options;
using PhoneAgent.Testing;
using PhoneAgent.Tests.Conversation.AfterCall;
using PhoneAgent.Tests.Conversation.Transfer.Brief;
using Xunit;

namespace PhoneAgent.Tests.Server.Handover;

public sealed class BriefDeskTests
{
    private static readonly BriefSource Source = BriefCalls.Of(BriefCalls.Angry, TransferReasons.Asked, BriefCalls.FrontDesk());

    private readonly VirtualTime _time = new();
    private readonly List<TimelineEvent> _reported = [];

    [Fact]
    public async Task TheAddressGoesWithTheCallAndIntoTheWebhook()
    {
        await using HookServer server = await HookServer.StartAsync();
        (WrittenBrief written, BriefLinks links) = await WriteAsync(null, new HttpServerOptions { PublicUrl = "https://calls.example.com/" }, server.Url);

        string url = written.Headers["X-PhoneAgent-Brief-Url"];
        Assert.StartsWith("https://calls.example.com/briefs/", url, StringComparison.Ordinal);
        Assert.Equal("c1", links.Find(url.Split('/')[^1])!.CallId);
        Assert.Contains(url, Encoding.UTF8.GetString((await server.NextAsync()).Body), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, "https://calls.example.com")]
    public async Task WithoutAPageThereIsNoAddress(bool enabled, string? url)
    {
        (WrittenBrief written, _) = await WriteAsync(null, new HttpServerOptions { Enabled = enabled, PublicUrl = url }, null);
        Assert.Empty(written.Headers);
        Assert.Equal(BriefByRules.Write(Source).Spoken, written.Spoken);
    }

    [Fact]
    public async Task TheModelsWordsAreSaid()
    {
        (WrittenBrief written, _) = await WriteAsync(new ScriptedModel("He waits for his bicycle."), new HttpServerOptions(), null);
        Assert.Contains("He waits for his bicycle.", written.Spoken, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheTimelineSaysWhatTheHumanIsTold()
    {
        (WrittenBrief written, _) = await WriteAsync(null, new HttpServerOptions { PublicUrl = "https://calls.example.com" }, null);
        TimelineEvent.Briefed briefed = Assert.IsType<TimelineEvent.Briefed>(Assert.Single(_reported));
        Assert.Equal((written.Spoken, "rules"), (briefed.Spoken, briefed.SummaryBy));
    }

    private async Task<(WrittenBrief Written, BriefLinks Links)> WriteAsync(IChatClient? model, HttpServerOptions http, string? hook)
    {
        var webhookOptions = new BriefWebhookOptions { Urls = hook is null ? [] : [hook], Secret = "0123456789abcdef", Timeout = TimeSpan.FromHours(1) };
        await using var webhook = new BriefWebhook(webhookOptions, _time, NullLogger<BriefWebhook>.Instance);
        var links = new BriefLinks(TimeSpan.FromHours(1), _time);
        var config = new LoadedConfig(new PhoneAgentOptions { Http = http }, null, "/", []);
        var desk = new BriefDesk(new Lazy<IChatClient?>(() => model), links, webhook, config, _time);
        return (await desk.WriteAsync(Source, _reported.Add, default), links);
    }
}
