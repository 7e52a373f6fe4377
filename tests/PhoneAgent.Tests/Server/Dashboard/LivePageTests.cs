using System.Net;
using System.Text.Json;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Escalation;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Server.Dashboard;
using PhoneAgent.Server.Dashboard.Calls;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Tests.Server.Http;
using Xunit;

namespace PhoneAgent.Tests.Server.Dashboard;

public sealed class LivePageTests
{
    [Fact]
    public async Task WhatACallerSaysIsNeverHtml()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        rig.Call(caller: "<img src=x onerror=alert(1)>").Add(Said("<script>alert('hello')</script>"));
        using var browser = new Browser(rig);
        using var stream = await EventReader.OpenAsync(rig, "/live/calls");

        string page = (await browser.GetAsync("/")).Body;
        string row = (await stream.NextAsync("rows")).GetProperty("rows").GetProperty("one").GetString()!;

        foreach (string html in new[] { page, row })
        {
            Assert.Contains("&lt;script&gt;alert(&#x27;hello&#x27;)&lt;/script&gt;", html, StringComparison.Ordinal);
            Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
            Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task WhoNeedsHelpComesFirst()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        rig.Call("calm");
        rig.Call("escalated").Add(new TimelineEvent.Escalated("asked", 0.4, 0, default, "Words") { At = default });
        rig.Call("frustrated").Add(Sign(0.8));
        rig.Call("over").End();

        var board = (LiveBoard)rig.Services.GetService(typeof(LiveBoard))!;

        Assert.Equal(["escalated", "frustrated", "calm", "over"], board.Views().Select(v => v.Id));
    }

    [Fact]
    public async Task AnOpenPageHearsOfWhatIsNewAndOfNothingElse()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        MadeUpCall call = rig.Call("one");
        using var stream = await EventReader.OpenAsync(rig, "/live/calls");
        JsonElement first = await stream.NextAsync("rows");
        Assert.Equal(["one"], first.GetProperty("order").EnumerateArray().Select(e => e.GetString()));

        call.Add(Said("I would like to book a table"));
        rig.Call("two");
        rig.Time.Advance(BoardStream.Every);

        JsonElement rows = await stream.NextAsync("rows");
        Assert.Contains("book a table", rows.GetProperty("rows").GetProperty("one").GetString(), StringComparison.Ordinal);
        Assert.Equal(("two", "new"), Announced(await stream.NextAsync("announce")));
        call.Add(new TimelineEvent.Escalated("asked", 0.4, 0, default, "Words") { At = default });
        rig.Time.Advance(BoardStream.Every);
        rows = await stream.NextAsync("rows");
        Assert.False(rows.GetProperty("rows").TryGetProperty("two", out _), "nothing happened in the second call");
        Assert.Equal(("one", "escalated"), Announced(await stream.NextAsync("announce")));

        static (string?, string?) Announced(JsonElement news) => (news.GetProperty("id").GetString(), news.GetProperty("kind").GetString());
    }

    [Fact]
    public async Task APageThatDoesNotReadCostsTheCallNothing()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        MadeUpCall call = rig.Call("one");
        // Asks and then never reads: what it is sent stays in the sockets.
        using var slow = new System.Net.Sockets.TcpClient { ReceiveBufferSize = 1024 };
        await slow.ConnectAsync(rig.Client.BaseAddress!.Host, rig.Client.BaseAddress.Port);
        await slow.GetStream().WriteAsync("GET /live/calls HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        var streams = (EventStreams)rig.Services.GetService(typeof(EventStreams))!;
        await EventReader.UntilAsync(() => streams.Open == 1);

        string much = new('x', 50_000);
        for (int i = 0; i < 200; i++)
        {
            call.Add(Said($"{i} {much}"));
            rig.Time.Advance(BoardStream.Every);
        }

        // The call goes on, and another page sees its last words at once.
        using var quick = await EventReader.OpenAsync(rig, "/live/calls");
        Assert.Contains("199 xxx", (await quick.NextAsync("rows")).GetProperty("rows").GetProperty("one").GetString(), StringComparison.Ordinal);
        slow.Close();
    }

    [Fact]
    public async Task StreamsNeedALoginAndEndWithTheServer()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        rig.AddUser("ann", Role.Viewer);
        Assert.Equal(HttpStatusCode.Unauthorized, (await rig.Client.GetAsync("/live/calls")).StatusCode);
        using Browser browser = await rig.LoggedInAsync(Role.Supervisor);
        using var stream = await EventReader.OpenAsync(browser.Client, "/live/calls");

        rig.State.Enter(PhoneAgent.Server.Http.ServerPhase.Stopped);

        await stream.EndAsync();
        var streams = (EventStreams)rig.Services.GetService(typeof(EventStreams))!;
        await EventReader.UntilAsync(() => streams.Open == 0);
    }

    private static TimelineEvent.Final Said(string text) => new(text, RecognitionOutcome.Recognized, 0.9, null) { At = default };

    private static TimelineEvent.Frustration Sign(double score) => new(FrustrationSource.Words, 1, score, score, "") { At = default };
}
