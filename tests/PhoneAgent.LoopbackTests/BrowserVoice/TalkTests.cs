using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Samples.Talk;
using PhoneAgent.Server.BrowserVoice;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.LoopbackTests.BrowserVoice;

/// <summary>Whole calls over real sockets.</summary>
public sealed class TalkTests
{
    private static readonly string[] Everything = ["interim", "final", "emotion", "agent-text", "state", "resume"];

    private static IEnumerable<DialogueAction> Greet(DialogueTurn turn) => turn switch
    {
        DialogueTurn.CallStarted => [new DialogueAction.Say("Hello there.")],
        _ => [new DialogueAction.Say("You are welcome.")],
    };

    [Fact]
    public async Task TheAgentGreetsHearsAndAnswers()
    {
        await using TalkRig rig = await TalkRig.StartAsync(Greet);
        short thanks = rig.Recognizer.Add(new RecognitionResult { IsFinal = true, Text = "thank you", Outcome = RecognitionOutcome.Recognized, Confidence = 0.9 });
        TalkClient client = await rig.CallAsync(Everything);

        TalkEvent ready = await client.NextAsync("ready");
        Assert.Equal("1", ready.Text("version"));
        TalkEvent[] greeting = await client.NextAsync("agent-text", "audio");
        Assert.Equal("Hello there.", greeting[0].Text("text"));
        TalkEvent first = greeting[1];
        Assert.True(first.StartsSpurt);
        Assert.Contains(FakeSynthesizer.Level, first.Samples!);
        await client.NextAsync("agent-heard");

        using var done = new CancellationTokenSource();
        Task speaking = client.SpeakAsync(thanks, TimeSpan.FromSeconds(0.8), done.Token);
        Assert.Equal("thank you", (await client.NextAsync("final")).Text("text"));
        Assert.Equal("You are welcome.", (await client.NextAsync("agent-text")).Text("text"));
        await client.NextAsync("audio");
        await done.CancelAsync();
        await speaking;

        RunningCall running = await rig.StartedAsync();
        await client.HangUpAsync(CancellationToken.None);
        CallEnd end = await running.Completion.WaitAsync(TalkRig.Patience);
        Assert.Equal((CallEndCause.HungUp, EndedBy.Caller), (end.Cause, end.By));
        Assert.Equal(1000, await client.ClosedAsync());
    }

    [Fact]
    public async Task AnInterruptionFlushesWhatIsQueued()
    {
        await using TalkRig rig = await TalkRig.StartAsync(turn => turn is DialogueTurn.CallStarted
            ? [new DialogueAction.Say("This is a very long greeting that nobody would want to hear to its end.")] : [new DialogueAction.Say("Yes.")]);
        short stop = rig.Recognizer.Add(new RecognitionResult { IsFinal = true, Text = "stop right now please", Outcome = RecognitionOutcome.Recognized, Confidence = 0.9 });
        TalkClient client = await rig.CallAsync(Everything);
        await client.NextAsync("audio");
        using var done = new CancellationTokenSource();
        Task speaking = client.SpeakAsync(stop, TimeSpan.FromSeconds(1.5), done.Token);

        await client.NextAsync("interrupt");
        TalkEvent heard = await client.NextAsync("agent-heard");
        Assert.Equal("True", heard.Text("interrupted"));
        Assert.Equal("Yes.", (await client.NextAsync("agent-text")).Text("text"));
        await done.CancelAsync();
        await speaking;
    }

    [Fact]
    public async Task ACallGoesOnOverAnotherSocket()
    {
        await using TalkRig rig = await TalkRig.StartAsync(Greet);
        TalkClient first = await rig.CallAsync(Everything);
        TalkEvent ready = await first.NextAsync("ready");
        RunningCall running = await rig.StartedAsync();
        await first.NextAsync("agent-heard");
        first.Abort();
        await TalkRig.UntilAsync(() => running.Timeline.Snapshot().Any(e => e is Conversation.TimelineEvent.Hold { IsHeld: true }), "held while its client is away");

        TalkClient second = await rig.ConnectAsync(new() { ["resume"] = ready.Text("resume")!, ["capabilities"] = Everything });
        TalkEvent again = await second.NextAsync("ready");
        Assert.Equal(ready.Text("session"), again.Text("session"));
        Assert.Equal("True", again.Text("resumed"));
        await TalkRig.UntilAsync(() => running.Timeline.Snapshot().Any(e => e is Conversation.TimelineEvent.Hold { IsHeld: false }), "taken back");
        Assert.False(running.Completion.IsCompleted);

        // A secret of one use.
        TalkClient thief = await rig.ConnectAsync(new() { ["resume"] = ready.Text("resume")!, ["capabilities"] = Everything });
        Assert.Equal(4404, await thief.ClosedAsync());
        TalkClient third = await rig.ConnectAsync(new() { ["resume"] = again.Text("resume")!, ["capabilities"] = Everything });
        await third.NextAsync("ready");
        Assert.Equal(4409, await second.ClosedAsync());
        Assert.False(running.Completion.IsCompleted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ALostConnectionLeavesNothingRunning(bool canResume)
    {
        await using TalkRig rig = await TalkRig.StartAsync(Greet, new BrowserVoiceOptions { ResumeWindow = TimeSpan.FromMilliseconds(500) });
        short words = rig.Recognizer.Add(new RecognitionResult { IsFinal = true, Text = "I was just saying that", Outcome = RecognitionOutcome.Recognized, Confidence = 0.9 });
        TalkClient client = await rig.CallAsync(canResume ? Everything : ["final"]);
        await client.NextAsync("ready");
        RunningCall running = await rig.StartedAsync();
        using var done = new CancellationTokenSource();
        Task speaking = client.SpeakAsync(words, TimeSpan.FromSeconds(20), done.Token);
        await TalkRig.UntilAsync(() => rig.Recognizer.OpenStreams == 1, "an utterance is being heard");

        client.Abort();
        // At once, also while the call waits: nothing listens to nobody.
        await TalkRig.UntilAsync(() => rig.Recognizer.OpenStreams == 0, "the utterance is dropped");
        CallEnd end = await running.Completion.WaitAsync(TalkRig.Patience);
        await done.CancelAsync();
        await speaking;
        Assert.Equal(CallEndCause.PeerLost, end.Cause);
        Assert.Equal((0, 0, 0, 0), (rig.VoiceDetector.OpenStreams, rig.Synthesizer.Hanging, rig.OnTheClock, rig.Line.Calls));
        await TalkRig.UntilAsync(() => rig.Door.Limits.Open == 0, "the socket's place is free");
    }

    [Fact]
    public async Task AReplyThatIsBeingMadeIsStoppedWhenTheConnectionIsLost()
    {
        await using TalkRig rig = await TalkRig.StartAsync(Greet, stream: (_, token) => Never(token));
        TalkClient client = await rig.CallAsync(Everything);
        TalkEvent ready = await client.NextAsync("ready");
        RunningCall running = await rig.StartedAsync();
        await TalkRig.UntilAsync(() => rig.Thinking == 1, "a reply is being made");
        client.Abort();
        await TalkRig.UntilAsync(() => rig.Thinking == 0, "nothing is thought for nobody");
        Assert.False(running.Completion.IsCompleted);
        Assert.Equal(1, rig.Line.Calls);

        TalkClient again = await rig.ConnectAsync(new() { ["resume"] = ready.Text("resume")!, ["capabilities"] = Everything });
        await again.NextAsync("ready");
        while ((await again.NextAsync("state")).Text("name") != "listening")
        {
        }

        static async IAsyncEnumerable<DialogueAction> Never([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
        {
            await new TaskCompletionSource().Task.WaitAsync(token);
            yield break;
        }
    }

    [Fact]
    public async Task KeysAndHoldReachTheSession()
    {
        await using TalkRig rig = await TalkRig.StartAsync(Greet);
        TalkClient client = await rig.CallAsync();
        await client.NextAsync("ready");
        RunningCall running = await rig.StartedAsync();
        await client.SendAsync(new { type = "dtmf", digit = "5" }, CancellationToken.None);
        await client.SendAsync(new { type = "hold", held = true }, CancellationToken.None);
        await client.SendAsync(new { type = "ping", time = 12.5 }, CancellationToken.None);
        Assert.Equal("12.5", (await client.NextAsync("pong")).Text("time"));
        await TalkRig.UntilAsync(() => running.Timeline.Snapshot().Any(e => e is Conversation.TimelineEvent.Hold { IsHeld: true }), "held");
        Assert.Contains(running.Timeline.Snapshot(), e => e is Conversation.TimelineEvent.Dtmf { Digit: '5', Source: DtmfSource.Message });
    }

    [Fact]
    public async Task ThePageGetsATokenOnlyForItself()
    {
        await using TalkRig rig = await TalkRig.StartAsync(Greet);
        using var http = new HttpClient { BaseAddress = rig.Address };
        string token = await TalkClient.GetTokenAsync(http, CancellationToken.None);
        TalkClient client = await rig.ConnectAsync(new() { ["token"] = token });
        await client.NextAsync("ready");

        using var stranger = new HttpRequestMessage(HttpMethod.Post, "/talk/token") { Headers = { { "Origin", "https://evil.example" } } };
        using HttpResponseMessage refused = await http.SendAsync(stranger);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }
}
