using Microsoft.Extensions.AI;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Dialogue.LanguageModel;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Testing.Calls;
using PhoneAgent.Testing.Providers;
using PhoneAgent.Tests.Conversation.Dialogue.LanguageModel;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Providers;

/// <summary>Whole calls in virtual time, in which a provider dies in mid-turn: the caller hears a reply within 3 s, and the timeline says who failed and what it cost.</summary>
public sealed class ChainCallTests
{
    private static readonly TimeSpan Tolerable = TimeSpan.FromSeconds(3);

    // Of no other limit's length, so that it can be seen whose timer runs.
    private static readonly ChainOptions Limits = ChainRig.Options with { FirstToken = ChainRig.Options.FirstToken + TimeSpan.FromMilliseconds(1) };

    private readonly ChainRig _rig = new();
    private readonly Stall _silence = new();
    private FaultyRecognizer _hearing = null!;
    private FaultySynthesizer _voice = null!;
    private RecognizerChain _ears = null!;

    [Theory]
    [InlineData(RecognizerFault.NoFinal, false)]
    [InlineData(RecognizerFault.NoFinal, true)]
    [InlineData(RecognizerFault.FailsAtTheEnd, false)]
    [InlineData(RecognizerFault.FailsInTheMiddle, false)]
    [InlineData(RecognizerFault.Throws, false)]
    public async Task ARecogniserDiesInMidTurn(RecognizerFault fault, bool nextIsLocal)
    {
        await using ScriptedCall call = Call(secondHearsHere: nextIsLocal);
        call.Say(2, "hello there").Say(6, "how are you").Say(12, "goodbye now");
        call.At(6.2, () => _hearing.Fault = fault);
        await call.RunAsync(until: 17);

        AssertEveryTurnWasAnswered(call, "hello there", "how are you", "goodbye now");
        Assert.Equal(("stt", "first", "second"), Failed(call)[0]);
        Assert.Contains(call.EventsOf<TimelineEvent.ProviderUsed>(), u => u is { Stage: "stt", Provider: "second" });
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(0, false)]
    [InlineData(2, true)]
    [InlineData(2, false)]
    public async Task AVoiceDiesInMidSentence(int chunksBefore, bool bySilence)
    {
        await using ScriptedCall call = Call();
        call.Say(2, "hello there").Say(6, "how are you").Say(14, "goodbye now");
        call.At(6.2, () =>
        {
            _voice.ChunksBefore = chunksBefore;
            _voice.Silence = bySilence ? _silence : null;
            _voice.Failure = bySilence ? null : ChainRig.Unreachable("first");
        });
        await call.RunAsync(until: 20);

        AssertEveryTurnWasAnswered(call, "hello there", "how are you", "goodbye now");
        Assert.Equal(("tts", "first", "second"), Failed(call)[0]);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(0, false)]
    [InlineData(5, true)]
    [InlineData(5, false)]
    public async Task AModelDiesInMidAnswer(int piecesBefore, bool bySilence)
    {
        var first = new ScriptedChatClient(Echo);
        await using ChatChain models = Models(first, new ScriptedChatClient(Echo));
        await using ScriptedCall call = Call(Dialogue(models));
        call.Say(3, "hello there").Say(7, "how are you").Say(15, "goodbye now");
        call.At(7.2, () =>
        {
            first.PiecesBefore = piecesBefore;
            first.Silence = bySilence ? _silence : null;
            first.Failure = bySilence ? null : ChainRig.Unreachable("first");
        });
        await call.RunAsync(until: 21);

        AssertEveryTurnWasAnswered(call, "hello there", "how are you", "goodbye now");
        Assert.Equal(("llm", "first", "second"), Failed(call)[0]);
    }

    [Fact]
    public async Task WhenEveryModelIsSilentAFillerComesAndThenAHuman()
    {
        (ScriptedChatClient first, ScriptedChatClient second) = (new ScriptedChatClient(Echo), new ScriptedChatClient(Echo));
        await using ChatChain models = Models(first, second);
        await using ScriptedCall call = Call(Dialogue(models), new CallSessionOptions { HumanTarget = "200" });
        // The last model has no limit but the dialogue's.
        call.IsStalled = () => _silence.IsHeld && _rig.Time.PendingTimers > 0;
        call.Say(3, "hello there");
        call.At(3.2, () => (first.Silence, second.Silence) = (_silence, _silence));
        await call.RunAsync(until: 20);

        TimelineEvent.Failure filler = call.EventsOf<TimelineEvent.Failure>().First();
        Assert.StartsWith("filler", filler.Consequence, StringComparison.Ordinal);
        Assert.Equal(1, Gaps(call).Count(gap => gap <= Tolerable)); // the filler; that a human comes follows
        Assert.True(call.Call.Transfers is [{ Target: "200" }], string.Join('\n', call.Events));
    }

    [Fact]
    public async Task WhatTheFailureCostStandsInTheTimeline()
    {
        await using ScriptedCall call = Call();
        call.Say(2, "hello there");
        call.At(2.2, () => _hearing.Fault = RecognizerFault.NoFinal);
        await call.RunAsync(until: 8);

        TimelineEvent.ProviderFailed failed = Assert.Single(call.EventsOf<TimelineEvent.ProviderFailed>());
        Assert.InRange(failed.Lost, ChainRig.Options.Final, ChainRig.Options.Final + TimeSpan.FromMilliseconds(40));
        Assert.Equal("first: no final result within 1.2 s", failed.What);
        TimelineEvent.ProviderUsed used = call.EventsOf<TimelineEvent.ProviderUsed>().Single(u => u.Stage == "stt");
        Assert.True(used.Latency >= ChainRig.Options.Final);
    }

    /// <summary>Says what it heard, in one sentence.</summary>
    private static IEnumerable<AIContent> Echo(IReadOnlyList<ChatMessage> messages)
    {
        // A turn begins with notes about it, in brackets.
        string asked = messages.Last(m => m.Role == ChatRole.User && !m.Text.StartsWith('(')).Text.Split(']')[^1].Trim();
        string answer = asked.Length == 0 || messages.Count < 3 ? "Hello." : $"You said {asked} and I heard you.";
        bool goesOn = messages[^1].Text.StartsWith('(');
        if (goesOn)
            answer = answer[messages[^2].Text.Length..];
        return answer.Chunk(3).Select(piece => new TextContent(new string(piece)));
    }

    private ScriptedCall Call(IDialogue? dialogue = null, CallSessionOptions? options = null, bool secondHearsHere = false)
    {
        var call = new ScriptedCall(
            turn => [new DialogueAction.Say(turn is DialogueTurn.CallerSaid { Result.Text: var said } ? $"You said {said} and I heard you." : "Hello."), new DialogueAction.Listen(Expectation.Nothing)],
            options, engines: made =>
            {
                _hearing = new FaultyRecognizer(made.Recognizer, "first");
                _voice = new FaultySynthesizer(made.Synthesizer, "first");
                _ears = new RecognizerChain([_rig.Member("first", (ISpeechRecognizer)_hearing), _rig.Member("second", (ISpeechRecognizer)made.Recognizer, secondHearsHere)], Limits, _rig.Time);
                var voices = new SynthesizerChain([_rig.Member("first", (ISpeechSynthesizer)_voice), _rig.Member("second", (ISpeechSynthesizer)made.Synthesizer)], Limits, _rig.Time);
                return new CallEngines(made.VoiceDetector, _ears, voices) { Time = _rig.Time };
            }, dialogue: dialogue)
        {
            Clock = _rig.Time,
        };
        // Time must not go on before the limit of who waits has been set.
        call.IsStalled = () => (_silence.IsHeld && _rig.Time.Waits(Limits.FirstToken, Limits.Stall, Limits.FirstAudio)) || (_hearing.Held > 0 && _ears.HandOvers == 0);
        return call;
    }

    private ChatChain Models(IChatClient first, IChatClient second) =>
        new([_rig.Member("first", first), _rig.Member("second", second)], Limits, _rig.Time);

    private LanguageModelDialogue Dialogue(ChatChain models) =>
        new LanguageModelDialogueFactory(ModelCall.Agent(), models, new ToolBox([]), null, _rig.Time).Create(ModelCall.Info);

    private static (string Stage, string Provider, string? Next)[] Failed(ScriptedCall call) =>
        [.. call.EventsOf<TimelineEvent.ProviderFailed>().Select(f => (f.Stage, f.Provider, f.Next))];

    private static IEnumerable<TimeSpan> Gaps(ScriptedCall call) => call.EventsOf<TimelineEvent.FirstPacket>().Select(p => p.ResponseGap).OfType<TimeSpan>();

    private static void AssertEveryTurnWasAnswered(ScriptedCall call, params string[] said)
    {
        string log = string.Join('\n', call.Events);
        TimeSpan[] gaps = [.. Gaps(call)];
        Assert.True(gaps.Length == said.Length && gaps.All(g => g <= Tolerable), $"gaps {string.Join(", ", gaps)}\n{log}");
        string[] heard = [.. call.EventsOf<TimelineEvent.Heard>().Select(h => h.Text)];
        foreach (string words in said)
            Assert.True(heard.Any(h => h.Contains($"You said {words} and I heard you.", StringComparison.Ordinal)), $"'{words}' was not answered\n{log}");
    }
}
