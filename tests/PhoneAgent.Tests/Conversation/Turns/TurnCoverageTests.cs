using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Answering;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Listening;
using PhoneAgent.Conversation.Supervision;
using PhoneAgent.Conversation.Turns;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Turns;

/// <summary>Every row of the turn table is taken by a whole call in virtual time.</summary>
public class TurnCoverageTests
{
    private const string Long = "one two three four five six seven eight nine ten eleven twelve.";

    private static readonly Expectation Keys = new() { FreeText = true, Dtmf = new DtmfExpectation(1, null, TimeSpan.FromSeconds(1)) };

    private static IEnumerable<DialogueAction> Talk(DialogueTurn turn) => turn switch
    {
        DialogueTurn.CallStarted => [new DialogueAction.Listen(Keys), new DialogueAction.Say("Hello.")],
        DialogueTurn.CallerSaid { Result.Text: "transfer" } => [new DialogueAction.Transfer("sip:human@127.0.0.1", "asked")],
        DialogueTurn.CallerSaid { Result.Text: "say and transfer" } => [new DialogueAction.Say("Yes."), new DialogueAction.Transfer("sip:human@127.0.0.1", "asked")],
        DialogueTurn.CallerSaid { Result.Text: "end" } => [new DialogueAction.HangUp("done")],
        DialogueTurn.CallerSaid { Result.Text: "say and end" } => [new DialogueAction.Say("Bye."), new DialogueAction.HangUp("done")],
        DialogueTurn.CallerSaid { Result.Text: "nothing" } => [],
        _ => [new DialogueAction.Say(Long)],
    };

    private static IEnumerable<DialogueAction> TalkAtOnce(DialogueTurn turn) =>
        turn is DialogueTurn.CallStarted ? [new DialogueAction.Listen(Keys), new DialogueAction.Say(Long)] : Talk(turn);

    private static readonly SupervisorAction TakeOver = new SupervisorAction.TakeOver();

    private static readonly SupervisorAction Transfer = new SupervisorAction.Transfer("sip:human@127.0.0.1");

    /// <summary>Name, dialogue and script of every scenario.</summary>
    private static readonly (string Name, Func<DialogueTurn, IEnumerable<DialogueAction>> Talk, Func<ScriptedCall, ScriptedCall> Script)[] Scenarios =
    [
        ("a turn", Talk, call => call.Say(1, "hello", 0.5).HangUp(2.5)),
        ("speech during the greeting", TalkAtOnce, call => call.Noise(0.5, 0.3)),
        ("key during the greeting", TalkAtOnce, call => call.Press(0.5, '1')),
        ("hold during the greeting", TalkAtOnce, call => call.Hold(0.5, true).Hold(1, false)),
        ("hang-up during the greeting", TalkAtOnce, call => call.HangUp(0.5)),
        ("greeting that transfers", _ => [new DialogueAction.Transfer("sip:human@127.0.0.1", "closed")], call => call),
        ("greeting that ends", _ => [new DialogueAction.HangUp("closed")], call => call),
        ("silence", Talk, call => call),
        ("hold while listening", Talk, call => call.Hold(1, true).Hold(2, false).HangUp(3)),
        ("key while listening", Talk, call => call.Press(1, '1').HangUp(2)),
        ("hang-up while listening", Talk, call => call.HangUp(1)),
        ("endless speech", Talk, call => call.Say(1, "hello", 40)),
        ("key while the caller speaks", Talk, call => call.Say(1, "hello", 1).Press(1.5, '1')),
        ("hold while the caller speaks", Talk, call => call.Say(1, "hello", 1).Hold(1.5, true)),
        ("hang-up while the caller speaks", Talk, call => call.Say(1, "hello", 1).HangUp(1.5)),
        ("pause", Talk, call => call.Say(1, "my", 0.5, complete: false).Say(1.9, "order", 0.5)),
        ("key in a pause", Talk, call => call.Say(1, "my", 0.5, complete: false).Press(1.75, '1')),
        ("hold in a pause", Talk, call => call.Say(1, "my", 0.5, complete: false).Hold(1.75, true)),
        ("hang-up in a pause", Talk, call => call.Say(1, "my", 0.5, complete: false).HangUp(1.75)),
        ("not understood", Talk, call => call.Mumble(1)),
        ("noise", Talk, call => call.Noise(1, 0.2)),
        ("no reply", Talk, call => call.Say(1, "nothing", 0.5)),
        ("reply that only transfers", Talk, call => call.Say(1, "transfer", 0.5)),
        ("reply that only ends", Talk, call => call.Say(1, "end", 0.5)),
        ("reply that transfers", Talk, call => call.Say(1, "say and transfer", 0.5)),
        ("reply that ends", Talk, call => call.Say(1, "say and end", 0.5)),
        ("failed transfer", Talk, call => Failing(call).Say(1, "transfer", 0.5)),
        ("hang-up while transferring", Talk, call => Failing(call, never: true).Say(1, "transfer", 0.5).HangUp(3)),
        ("speech over the agent", Talk, call => call.Say(1, "hello", 0.5).Say(3, "stop that", 1)),
        ("cough over the agent", Talk, call => call.Say(1, "hello", 0.5).Noise(3, 0.3)),
        ("short answer over the agent", Talk, call => Grammar(call).Say(1, "hello", 0.5).Say(3, "yes", 0.3)),
        ("key over the agent", Talk, call => call.Say(1, "hello", 0.5).Press(3, '1')),
        ("hold over the agent", Talk, call => call.Say(1, "hello", 0.5).Hold(3, true).HangUp(4)),
        ("hang-up over the agent", Talk, call => call.Say(1, "hello", 0.5).HangUp(3)),
        ("key while unclear", Talk, call => call.Say(1, "hello", 0.5).Noise(3, 0.4).Press(3.2, '1')),
        ("hold while unclear", Talk, call => call.Say(1, "hello", 0.5).Noise(3, 0.4).Hold(3.2, true)),
        ("hang-up while unclear", Talk, call => call.Say(1, "hello", 0.5).Noise(3, 0.4).HangUp(3.2)),
        ("speech at the agent's last word", Talk, call => Grammar(call).Say(0.2, "hello", 1)),
        ("speech again before the judgement", Talk, call => Slow(call).At(2.5, () => call.Recognizer.HoldsFinals = true).Say(1, "hello", 0.5).Noise(3, 0.1).Noise(3.5, 0.2)),
        ("slow recogniser, new onset", Talk, call => Slow(call).Hears().Say(1, "hello", 0.5).Noise(2.2, 0.4).At(2.4, call.Recognizer.ReleaseFinals)),
        ("slow recogniser that rejects, new onset", Talk, call => Slow(call).Hears().Mumble(1, 0.5).Noise(2.2, 0.4).At(2.4, call.Recognizer.ReleaseFinals)),
        ("slow recogniser, hold", Talk, call => Slow(call).Hears().Say(1, "hello", 0.5).Hold(2.4, true).At(2.6, call.Recognizer.ReleaseFinals).Hold(3, false)),
        ("slow recogniser that rejects, hold", Talk, call => Slow(call).Hears().Mumble(1, 0.5).Hold(2.4, true).At(2.6, call.Recognizer.ReleaseFinals).Hold(3, false)),
        ("failed transfer on hold", Talk, call => Refusing(call, at: 4).Say(1, "transfer", 0.5).Hold(3, true).Hold(5, false)),
        ("key while thinking", Talk, call => Slow(call).Hears().Say(1, "hello", 0.5).Press(2.5, '1')),
        ("hold while thinking", Talk, call => Slow(call).Hears().Say(1, "hello", 0.5).Hold(2.5, true)),
        ("take-over in the greeting, hold and hang-up", TalkAtOnce, call => call.Act(0.5, TakeOver).Hold(1, true).Hold(1.5, false).Say(2, "hello", 0.5).HangUp(4)),
        ("take-over while listening, back", Talk, call => call.Act(1, TakeOver).Act(2, new SupervisorAction.HandBack())),
        ("take-over while the caller speaks", Talk, call => call.Say(1, "hello", 1).Act(1.5, TakeOver).HangUp(5)),
        ("take-over in a pause", Talk, call => call.Say(1, "my", 0.5, complete: false).Act(1.75, TakeOver)),
        ("take-over while thinking", Talk, call => Slow(call).Hears().Say(1, "hello", 0.5).Act(2.5, TakeOver).At(3, call.Recognizer.ReleaseFinals)),
        ("take-over over the agent", Talk, call => call.Say(1, "hello", 0.5).Act(3, TakeOver)),
        ("take-over while unclear", Talk, call => call.Say(1, "hello", 0.5).Noise(3, 0.4).Act(3.2, TakeOver)),
        ("transfer in the greeting", TalkAtOnce, call => call.Act(0.5, Transfer)),
        ("transfer while listening", Talk, call => call.Act(1, Transfer)),
        ("transfer while the caller speaks", Talk, call => call.Say(1, "hello", 1).Act(1.5, Transfer)),
        ("transfer in a pause", Talk, call => call.Say(1, "my", 0.5, complete: false).Act(1.75, Transfer)),
        ("transfer while thinking", Talk, call => Slow(call).Hears().Say(1, "hello", 0.5).Act(2.5, Transfer)),
        ("transfer over the agent", Talk, call => call.Say(1, "hello", 0.5).Act(3, Transfer)),
        ("transfer while unclear", Talk, call => call.Say(1, "hello", 0.5).Noise(3, 0.4).Act(3.2, Transfer)),
        ("hang-up while thinking", Talk, call => Slow(call).Hears().Say(1, "hello", 0.5).HangUp(2.5)),
    ];

    /// <summary>Calls that we place, where it matters who answers. "hello" ends at 1 s, the agent begins 0.7 s later.</summary>
    private static readonly (string Name, Func<DialogueTurn, IEnumerable<DialogueAction>> Talk, Func<ScriptedCall, ScriptedCall> Script)[] OutboundScenarios =
    [
        ("a person", Talk, call => call.Say(0.5, "hello", 0.5).HangUp(5)),
        ("a machine", Talk, call => call.Say(0.5, "you have reached the residence of", 5)),
        ("a machine that says hello first", TalkAtOnce, call => Beeps(call.Say(0.5, "hello", 0.5), 2.2)),
        ("a machine, found while listening", Talk, call => Beeps(call.Say(0.5, "hello", 0.5), 3)),
        ("a machine, found while the caller speaks", Talk, call => call.Say(0.5, "hello", 0.5).Say(3, "please leave a message after the tone", 3)),
        ("a machine, found in a pause", Talk, call => Beeps(call.Say(0.5, "hello", 0.5).Say(3, "my", 0.5, complete: false), 3.55)),
        ("a machine, found while thinking", Talk, call => Beeps(Slow(call).Hears().Say(0.5, "hello", 0.5).Say(3, "hello", 0.5), 4.3)),
        ("a machine, found over the agent", Talk, call => Beeps(call.Say(0.5, "hello", 0.5).Say(3, "hello", 0.5), 5)),
        ("a machine, found while unclear", TalkAtOnce, call => Grammar(call).Say(0.5, "hello", 0.5).Say(2, "voicemail", 0.4)),
        ("hold before the verdict", Talk, call => call.Hold(0.3, true).Hold(1, false).HangUp(2)),
        ("take-over before the verdict", Talk, call => call.Act(0.3, TakeOver).HangUp(2)),
        ("transfer before the verdict", Talk, call => call.Act(0.3, Transfer)),
        ("hang-up before the verdict", Talk, call => call.HangUp(0.3)),
    ];

    [Fact]
    public async Task Every_row_of_the_table_is_taken_by_a_call()
    {
        var taken = new HashSet<(string, string)>();
        foreach ((string name, Func<DialogueTurn, IEnumerable<DialogueAction>> talk, Func<ScriptedCall, ScriptedCall> script) in Scenarios)
        {
            await using var call = new ScriptedCall(talk);
            await RunAsync(name, script(call), taken);
        }
        foreach ((string name, Func<DialogueTurn, IEnumerable<DialogueAction>> talk, Func<ScriptedCall, ScriptedCall> script) in OutboundScenarios)
        {
            await using var call = new ScriptedCall(talk, new CallSessionOptions { AnswerDetection = new AnswerDetectionOptions { Enabled = true } }, direction: CallDirection.Outbound);
            await RunAsync(name, script(call), taken);
        }
        IEnumerable<string> missing = TurnTable.Rows.Where(row => !taken.Contains((row.From.ToString(), row.On.ToString())))
            .Select(row => $"{row.From} on {row.On}");
        Assert.Empty(missing);
    }

    private static async Task RunAsync(string name, ScriptedCall call, HashSet<(string, string)> taken)
    {
        await call.RunAsync(50);
        Assert.True(call.Events[^1] is TimelineEvent.Ended, name);
        Assert.DoesNotContain(call.EventsOf<TimelineEvent.Failure>(), failure => failure.Who == "phoneagent");
        foreach (TimelineEvent.TurnState step in call.EventsOf<TimelineEvent.TurnState>())
            taken.Add((step.From, step.Trigger));
    }

    /// <summary>A machine beeps, and the voice detector is deaf to it, as real ones are.</summary>
    private static ScriptedCall Beeps(ScriptedCall call, double at) => call.At(at, () => call.VoiceDetector.IsDeaf = true).At(at, () => call.Audio.Beep(TimeSpan.FromSeconds(0.3)));

    private static ScriptedCall Failing(ScriptedCall call, bool never = false)
    {
        call.Call.TransferResult = new TransferResult(false, 486, "Busy Here");
        call.Call.TransferHangs = never;
        call.DoesNotWait = never;
        return call;
    }

    private static ScriptedCall Refusing(ScriptedCall call, double at)
    {
        var refused = new TaskCompletionSource<TransferResult>();
        (call.Call.TransferOutcome, call.DoesNotWait) = (refused.Task, true);
        return call.At(at, () => refused.SetResult(new TransferResult(false, 486, "Busy Here")));
    }

    private static ScriptedCall Grammar(ScriptedCall call)
    {
        call.Recognizer.NeedsExpectation = true;
        return call;
    }

    private static ScriptedCall Slow(ScriptedCall call)
    {
        call.DoesNotWait = true;
        return call;
    }
}

internal static class SlowRecognizer
{
    public static ScriptedCall Hears(this ScriptedCall call)
    {
        call.Recognizer.HoldsFinals = true;
        return call;
    }
}
