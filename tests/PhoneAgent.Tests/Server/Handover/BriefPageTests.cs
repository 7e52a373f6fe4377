using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Transfer.Brief;
using PhoneAgent.Server.Handover;
using PhoneAgent.Tests.Conversation.Transfer.Brief;
using PhoneAgent.Tests.Server.Http;
using Xunit;

namespace PhoneAgent.Tests.Server.Handover;

public sealed class BriefPageTests
{
    private const string Evil = "<script>alert('gotcha')</script>\"><img src=x onerror=alert(1)>";

    [Fact]
    public async Task APersonReadsAPage()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        (HttpResponseMessage response, string page) = await GetAsync(rig, BriefByRules.Write(BriefCalls.Of(BriefCalls.Angry, TransferReasons.Asked, BriefCalls.FrontDesk())), "text/html,application/xhtml+xml,*/*;q=0.8");
        Assert.Equal((HttpStatusCode.OK, "text/html"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        Assert.Equal(["no-referrer"], response.Headers.GetValues("Referrer-Policy"));
        Assert.Contains("<h1>Anna Miller</h1>", page, StringComparison.Ordinal);
        Assert.Contains(TransferReasons.Asked, page, StringComparison.Ordinal);
        Assert.Contains("where is my order", page, StringComparison.Ordinal);
        Assert.Contains("420718", page, StringComparison.Ordinal);
        Assert.Contains("<polyline points=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", page, StringComparison.Ordinal); // the policy allows none
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/html;q=0.5, application/json")]
    public async Task AProgramGetsJson(string accept)
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        (HttpResponseMessage response, string text) = await GetAsync(rig, BriefByRules.Write(BriefCalls.Of(BriefCalls.Angry, TransferReasons.Asked)), accept);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        using JsonDocument json = JsonDocument.Parse(text);
        Assert.Equal("Anna Miller", json.RootElement.GetProperty("brief").GetProperty("callerName").GetString());
    }

    [Fact]
    public async Task WhatCallersSayIsNeverMarkup()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        TimelineEvent[] events =
        [
            new TimelineEvent.Final(Evil, RecognitionOutcome.Recognized, 0.9, null) { At = default },
            new TimelineEvent.Heard(1, Evil, false) { At = default },
            new TimelineEvent.Noted(Evil, Evil) { At = default },
            new TimelineEvent.Emotion(Evil, 1, new Dictionary<string, double>(), true) { At = default },
        ];
        BriefSource source = BriefCalls.Of(events, Evil);
        source = source with { Agent = Evil, Call = source.Call with { RemoteDisplayName = Evil, RemoteParty = Evil } };
        (_, string page) = await GetAsync(rig, BriefByRules.Write(source), "text/html");
        Assert.Contains("&lt;script&gt;alert", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AfterItsTimeThereIsNothing()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        string token = rig.Services.GetRequiredService<BriefLinks>().Add(BriefByRules.Write(BriefCalls.Of([], TransferReasons.Asked)));
        rig.Time.Advance(TimeSpan.FromDays(2));
        using HttpClient stranger = rig.NewClient();
        foreach (string path in (string[])[$"/briefs/{token}", "/briefs/abc", $"/briefs/{new string('a', 43)}"])
        {
            using HttpResponseMessage response = await stranger.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        }
    }

    private static async Task<(HttpResponseMessage Response, string Text)> GetAsync(HttpRig rig, HandoverBrief brief, string accept)
    {
        string token = rig.Services.GetRequiredService<BriefLinks>().Add(brief);
        using HttpClient stranger = rig.NewClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/briefs/{token}");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        HttpResponseMessage response = await stranger.SendAsync(request);
        return (response, await response.Content.ReadAsStringAsync());
    }
}
