using System.Net;
using System.Text.Json;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Escalation;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Server.Dashboard.Calls;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Tests.Server.Http;
using Xunit;

namespace PhoneAgent.Tests.Server.Dashboard;

public sealed class CallPageTests
{
    [Fact]
    public async Task ThePageTellsTheWholeCall()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        rig.Call().Add(
            new TimelineEvent.AgentSentence(1, "We open at nine, and on Sundays at ten.") { At = Seconds(1) },
            new TimelineEvent.Heard(1, "We open at nine,", Interrupted: true) { At = Seconds(2) },
            new TimelineEvent.Interim("not what I", false) { At = Seconds(3) },
            new TimelineEvent.TurnLatency(1, Ms(300), Ms(350), Ms(200), Ms(500), Ms(520), Guessed: true) { At = Seconds(3) },
            new TimelineEvent.ToolCall("find_order", """{"id":"42"}""", "timed-out", Ms(2000), "no answer") { At = Seconds(4) },
            new TimelineEvent.Frustration(FrustrationSource.Interruption, 1, 0.1, 0.1, "") { At = Seconds(4) });
        using var browser = new Browser(rig);

        string page = (await browser.GetAsync("/calls/one")).Body;

        Assert.Contains("We open at nine, <del><span class=\"visually-hidden\">never heard: </span>and on Sundays at ten.</del>", page, StringComparison.Ordinal);
        Assert.Contains("class=\"line by-caller open\"", page, StringComparison.Ordinal);
        Assert.Contains("End of turn 300 ms, Recognition 50 ms, Model 0 ms, Voice 150 ms, First packet 20 ms", page, StringComparison.Ordinal);
        Assert.Contains("find_order", page, StringComparison.Ordinal);
        Assert.Contains("no answer", page, StringComparison.Ordinal);
        Assert.Contains("Interrupts", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("<style|\\sstyle=|\\son[a-z]+=", page);
    }

    [Fact]
    public async Task ACallThatIsNotThereIsNotFound()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        using var browser = new Browser(rig);

        (HttpStatusCode status, string body, _) = await browser.GetAsync("/calls/nobody");

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("it may be over", body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await rig.Client.GetAsync("/live/calls/nobody")).StatusCode);
    }

    [Fact]
    public async Task EverythingOutOfACallIsEncoded()
    {
        const string evil = "<script>alert(1)</script>";
        await using HttpRig rig = await HttpRig.StartAsync();
        rig.Call(caller: evil, agent: evil).Add(
            new TimelineEvent.Final(evil, RecognitionOutcome.Recognized, 0.9, evil) { At = default },
            new TimelineEvent.AgentSentence(1, evil) { At = default },
            new TimelineEvent.AgentSentence(1, evil) { At = default },
            new TimelineEvent.Heard(1, evil, Interrupted: true) { At = default },
            new TimelineEvent.ToolCall(evil, evil, evil, default, evil) { At = default },
            new TimelineEvent.Frustration(FrustrationSource.Words, 1, 0.1, 0.1, evil) { At = default },
            new TimelineEvent.Emotion(evil, 0.8, new Dictionary<string, double>(), true) { At = default },
            new TimelineEvent.Failure(evil, evil, evil) { At = default },
            new TimelineEvent.TurnState(evil, evil, evil) { At = default },
            new TimelineEvent.Ended(CallEndCause.Failed, EndedBy.Network, evil, evil) { At = default });
        using var browser = new Browser(rig);
        using var stream = await EventReader.OpenAsync(rig, "/live/calls/one");

        string page = (await browser.GetAsync("/calls/one")).Body;
        JsonElement chart = await stream.NextAsync("chart"), parts = await stream.NextAsync("parts");
        string pieces = string.Join(' ', parts.GetProperty("parts").EnumerateObject().Select(p => p.Value.GetString())
            .Concat(parts.GetProperty("lines").EnumerateArray().Select(l => l.GetProperty("html").GetString())).Append(parts.GetProperty("events").GetString()));

        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", pieces, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", pieces, StringComparison.Ordinal);
        // Drawn on a canvas, as text of no kind.
        Assert.Equal(evil, chart.GetProperty("tones")[0].GetProperty("label").GetString());
    }

    [Fact]
    public async Task TheStreamBringsWhatThePageLacks()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        MadeUpCall call = rig.Call();
        call.Add(Said("one", 1));
        using var stream = await EventReader.OpenAsync(rig, "/live/calls/one?seen=1");
        Assert.Equal([0], Lines(await stream.NextAsync("parts")));

        call.Add(Said("two", 2));
        rig.Time.Advance(CallStream.Every);

        JsonElement news = await stream.NextAsync("parts");
        Assert.Equal([1], Lines(news));
        Assert.False(news.GetProperty("parts").TryGetProperty("tools", out _), "no tool was used");
        call.Add(new TimelineEvent.Ended(CallEndCause.HungUp, EndedBy.Caller, null, null) { At = Seconds(3) });
        call.End();
        rig.Time.Advance(CallStream.Every);
        Assert.Contains("hung up by the caller", (await stream.NextAsync("parts")).GetProperty("parts").GetProperty("head").GetString(), StringComparison.Ordinal);
        await stream.NextAsync("over");

        static IEnumerable<int> Lines(JsonElement news) => news.GetProperty("lines").EnumerateArray().Select(l => l.GetProperty("number").GetInt32());
    }

    [Fact]
    public async Task ABrowserThatComesAgainGetsWhatItMissed()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        MadeUpCall call = rig.Call();
        call.Add(Said("one", 1), Said("two", 2));
        using HttpClient client = rig.NewClient();
        client.DefaultRequestHeaders.Add("Last-Event-ID", "2");

        using var stream = await EventReader.OpenAsync(client, "/live/calls/one?seen=0");

        JsonElement lines = (await stream.NextAsync("parts")).GetProperty("lines");
        Assert.Contains("two", Assert.Single(lines.EnumerateArray()).GetProperty("html").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheOutlineOfTheSoundComesOnceEach()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        MadeUpCall call = rig.Call();
        Speak(call, frames: 10);
        using var stream = await EventReader.OpenAsync(rig, "/live/calls/one");
        JsonElement wave = (await stream.NextAsync("chart")).GetProperty("wave");
        Assert.Equal((0, 5, 0.04), (wave.GetProperty("first").GetInt32(), Caller(wave).Length, wave.GetProperty("seconds").GetDouble()));
        Assert.All(Caller(wave), level => Assert.Equal(100, level));

        Speak(call, frames: 4);
        rig.Time.Advance(CallStream.Every);

        wave = (await stream.NextAsync("chart")).GetProperty("wave");
        Assert.Equal((5, 2), (wave.GetProperty("first").GetInt32(), Caller(wave).Length));

        static byte[] Caller(JsonElement wave) => wave.GetProperty("caller").GetBytesFromBase64();
    }

    [Fact]
    public async Task CallersWordsAreForUsersOnly()
    {
        await using HttpRig rig = await HttpRig.StartAsync();
        rig.Call().Add(Said("my secret", 1));
        rig.AddUser("ann", Role.Viewer);

        foreach (string path in new[] { "/calls/one", "/live/calls/one", "/live/calls" })
        {
            using HttpResponseMessage response = await rig.Client.GetAsync(path);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.DoesNotContain("secret", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void FrustrationFadesBetweenItsSigns()
    {
        var mood = new MoodCurve(new FrustrationOptions { HalfLife = Seconds(10) }, 0.5);
        mood.Add(new TimelineEvent.Frustration(FrustrationSource.Words, 1, 0.8, 0.8, "") { At = Seconds(5) });

        Assert.Equal(0, mood.ScoreAt(Seconds(4)));
        Assert.Equal(0.8, mood.ScoreAt(Seconds(5)), 6);
        Assert.Equal(0.4, mood.ScoreAt(Seconds(15)), 6);
        // Before the call began there is nothing.
        Assert.Equal([0.8, 0.4], mood.Sample(Seconds(15), Seconds(20), 2).Select(s => Math.Round(s, 6)));
    }

    private static void Speak(MadeUpCall call, int frames)
    {
        short[] frame = new short[AudioFormat.FrameSamples];
        frame[0] = 100 << 7;
        for (int i = 0; i < frames; i++)
            call.Running.Tap.Write(frame, frame);
    }

    private static TimelineEvent.Final Said(string text, double at) => new(text, RecognitionOutcome.Recognized, 0.9, null) { At = Seconds(at) };

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
