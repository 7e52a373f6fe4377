using System.Threading.Channels;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Dialogue.LanguageModel;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;
using PhoneAgent.Testing.Calls;
using PhoneAgent.Tests.Conversation.AfterCall;
using Xunit;

namespace PhoneAgent.Tests.Server.Hosting;

public sealed class CallRunnerTests
{
    private const int Second = 50;

    private static readonly PhoneAgentOptions Recording = new()
    {
        Agents = new AgentsOptions { Default = "talker" },
        Recording = new RecordingOptions { Enabled = true },
    };

    private static readonly TalkingAgent Talker = new("talker", new CallSessionOptions(), _ => new FakeDialogue(
        turn => turn is DialogueTurn.CallStarted ? [new DialogueAction.Say("Hello there."), new DialogueAction.Listen(PhoneAgent.Conversation.Hearing.Expectation.Nothing)] : []));

    [Theory]
    [InlineData(0)]
    [InlineData(44)]
    [InlineData(40_000)]
    public async Task ADiskThatFillsUpWhileRecordingCostsTheRecordingAndNotTheCall(int capacity)
    {
        await using var rig = new HostRig([Talker], Recording)
        {
            OpenFile = path => new FakeFile(path.EndsWith(".wav", StringComparison.Ordinal) ? capacity : int.MaxValue),
        };
        FakeCall call = HostRig.Call("one");
        var audio = (ScriptedAudio)call.Audio;
        RunningCall running = rig.Runner.Start(call, Talker, recordTo: null, default);
        ChannelReader<TimelineEvent> events = running.Timeline.Subscribe();

        Run(audio, Second);
        rig.Time.Advance(TimeSpan.FromMilliseconds(250));

        var failure = await NextAsync<TimelineEvent.Failure>(events);
        Assert.Equal(("recording", "No space left on device"), (failure.Who, failure.What));
        // The call goes on: frames flow both ways, and what the caller does is noticed.
        Assert.True(audio.IsRunning);
        Run(audio, Second);
        call.Signal(new CallSignal.Dtmf('5', TimeSpan.FromMilliseconds(100), DtmfSource.Rtp));
        Assert.Equal('5', (await NextAsync<TimelineEvent.Dtmf>(events)).Digit);
        call.End(new CallEnd(CallEndCause.HungUp, EndedBy.Caller));
        Assert.Equal(CallEndCause.HungUp, (await running.Completion.WaitAsync(HostRig.Patience)).Cause);
        Assert.Contains("\"event\":\"failure\",\"who\":\"recording\"", rig.Log.Timeline("one"), StringComparison.Ordinal);
        Assert.Contains("recording: No space left on device", rig.Log.Report("one"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFolderThatCannotBeWrittenCostsTheFilesAndNotTheCall()
    {
        await using var rig = new HostRig([Talker], Recording) { OpenFile = _ => throw new UnauthorizedAccessException("Access to the path is denied.") };
        FakeCall call = HostRig.Call("one");
        RunningCall running = rig.Runner.Start(call, Talker, recordTo: null, default);
        ChannelReader<TimelineEvent> events = running.Timeline.Subscribe();

        Assert.Equal("recording", (await NextAsync<TimelineEvent.Failure>(events)).Who);
        Run((ScriptedAudio)call.Audio, Second);
        call.End(new CallEnd(CallEndCause.HungUp, EndedBy.Caller));

        Assert.Equal(CallEndCause.HungUp, (await running.Completion.WaitAsync(HostRig.Patience)).Cause);
    }

    [Fact]
    public async Task AnAgentThatCannotTakeTheCallLeavesNoRecorderBehind()
    {
        await using var rig = new HostRig([Talker], Recording) { OpenFile = _ => new FakeFile(int.MaxValue) };
        int timers = rig.Time.PendingTimers;
        var broken = new TalkingAgent("broken", new CallSessionOptions(), _ => throw new InvalidOperationException("no engine"));
        Assert.Throws<InvalidOperationException>(() => rig.Runner.Start(HostRig.Call("one"), broken, recordTo: null, default));
        Assert.Equal(timers, rig.Time.PendingTimers);
    }

    [Fact]
    public async Task ARecordingHasBothSides()
    {
        await using var rig = new HostRig([Talker], Recording);
        FakeCall call = HostRig.Call("one");
        var audio = (ScriptedAudio)call.Audio;
        audio.Add(TimeSpan.Zero, TimeSpan.FromSeconds(1), ScriptedAudio.Noise);
        RunningCall running = rig.Runner.Start(call, Talker, recordTo: null, default);

        Run(audio, Second);
        await NextAsync<TimelineEvent.AgentSentence>(running.Timeline.Subscribe());
        call.End(new CallEnd(CallEndCause.HungUp, EndedBy.Caller));
        await running.Completion.WaitAsync(HostRig.Patience);

        Assert.StartsWith("RIFF", rig.Written("one.wav"), StringComparison.Ordinal);
        Assert.Contains("\"event\":\"agent-sentence\",\"turn\":1,\"text\":\"Hello there.\"", rig.Log.Timeline("one"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheSummaryIsWrittenByRulesAndThenByTheModelBesideTheNextCalls()
    {
        var agent = new FiledAgent(Talker);
        await using var rig = new HostRig([agent], Recording) { Model = new ScriptedModel("""{"summary":"Nothing was wanted.","disposition":"nothing","fields":{"name":null}}""") };
        FakeCall call = HostRig.Call("one");
        RunningCall running = rig.Runner.Start(call, agent, recordTo: null, default);
        Run((ScriptedAudio)call.Audio, Second);
        call.Signal(new CallSignal.Dtmf('5', TimeSpan.FromMilliseconds(100), DtmfSource.Rtp));
        await NextAsync<TimelineEvent.Dtmf>(running.Timeline.Subscribe());
        call.End(new CallEnd(CallEndCause.HungUp, EndedBy.Caller));
        await running.Completion.WaitAsync(HostRig.Patience);

        await rig.Desk.Value.DisposeAsync();

        string summary = rig.Log.Report("one");
        Assert.Contains("\"by\":\"model\"", summary, StringComparison.Ordinal);
        Assert.Contains("Nothing was wanted.", summary, StringComparison.Ordinal);
        Assert.Contains("\"inputTokens\":100", summary, StringComparison.Ordinal);
        Assert.Contains("\"cause\":\"hung-up\"", summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutAModelTheRulesSayWhatWas()
    {
        var agent = new FiledAgent(Talker);
        await using var rig = new HostRig([agent], Recording);
        FakeCall call = HostRig.Call("one");
        RunningCall running = rig.Runner.Start(call, agent, recordTo: null, default);
        Run((ScriptedAudio)call.Audio, Second);
        call.End(new CallEnd(CallEndCause.HungUp, EndedBy.Caller));
        await running.Completion.WaitAsync(HostRig.Patience);

        string summary = rig.Log.Report("one");
        Assert.Contains("\"by\":\"rules\"", summary, StringComparison.Ordinal);
        Assert.Contains("with the agent filed. The caller said nothing that was understood. The caller hung up.", summary, StringComparison.Ordinal);
        Assert.Contains("\"missing\":[\"name\"", summary, StringComparison.Ordinal);
    }

    private sealed record FiledAgent(TalkingAgent Talker) : TalkingAgent("filed", Talker.Session, Talker.CreateDialogue)
    {
        public override AfterCallDefinition? AfterCall { get; } = new(true, [], [new AfterCallField("name", AfterCallType.Text, "The caller's name.", true, [], null)]);
    }

    private static void Run(ScriptedAudio audio, int frames)
    {
        for (int i = 0; i < frames; i++)
            audio.Tick();
    }

    private static async Task<T> NextAsync<T>(ChannelReader<TimelineEvent> events) where T : TimelineEvent
    {
        while (true)
        {
            if (await events.ReadAsync().AsTask().WaitAsync(HostRig.Patience) is T wanted)
                return wanted;
        }
    }
}
