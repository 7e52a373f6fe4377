using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Conversation.Escalation;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Testing.Calls;

namespace PhoneAgent.Testing.Escalation;

/// <summary>How a scripted caller fared.</summary>
/// <param name="Turn">The caller's turn after which a human was called; null: never.</param>
/// <param name="Took">From the moment the truth says he is frustrated, until then.</param>
/// <param name="Route">The rule, or "asked", "gave-up"; null: never.</param>
/// <param name="Events">The whole record, for those who ask why.</param>
public sealed record EvaluationOutcome(EvaluationCall Call, int? Turn, TimeSpan? Took, string? Route, IReadOnlyList<TimelineEvent> Events)
{
    public bool IsEscalated => Turn is not null;

    /// <summary>What the truth asks for happened, and not too late.</summary>
    public bool IsRight => Call.Escalate ? Turn <= Call.ByTurn : !IsEscalated;
}

/// <summary>Runs scripted callers through the real session in virtual time.</summary>
/// <param name="frontDesk">The agent of <c>config/agents/front-desk.yaml</c>.</param>
/// <param name="options">When a caller is escalated.</param>
/// <param name="tones">How the callers sound; null: nobody hears it.</param>
public sealed class EvaluationRun(AgentDefinition frontDesk, EscalationOptions options, RecordedTones? tones = null)
{
    private const double LongestCall = 240;

    public async Task<EvaluationOutcome> RunAsync(EvaluationCall script)
    {
        var time = new VirtualTime();
        using var http = new HttpClient();
        IDialogue? dialogue = script.Agent == EvaluationCall.FrontDesk ? new ScriptedDialogueFactory(frontDesk, http, time).Create(new CallInfo { Id = script.Name, Direction = CallDirection.Inbound, RemoteParty = "5550100", LocalParty = "100" }) : null;
        EvaluationCaller? caller = null;
        await using var call = new ScriptedCall(
            turn => Answer(turn, script, caller?.Began.Count ?? 0), new CallSessionOptions { HumanTarget = frontDesk.HumanTarget }, time, options, dialogue: dialogue, hearsTone: tones is not null) { Clock = time };
        caller = new EvaluationCaller(script, call, tones);
        call.EachFrame = caller.Tick;
        await call.RunAsync(LongestCall);
        return Judge(script, caller.Began, call.Events);
    }

    private static IEnumerable<DialogueAction> Answer(DialogueTurn turn, EvaluationCall script, int turns) => turn switch
    {
        DialogueTurn.CallStarted => [new DialogueAction.Say("Hello, what can I do for you?"), Listen],
        DialogueTurn.Escalated escalated => [new DialogueAction.Say("I'm sorry that this has been so difficult. I'll connect you with a colleague."), new DialogueAction.Transfer("200", escalated.Reason)],
        DialogueTurn.NotUnderstood => [new DialogueAction.Say("Sorry, I didn't catch that."), Listen],
        DialogueTurn.CallerSilent => [new DialogueAction.Say("Are you still there?"), Listen],
        _ => [new DialogueAction.Say(turns == 0 ? "I see." : script.Turns[turns - 1].Reply), Listen],
    };

    private static DialogueAction.Listen Listen => new(new Expectation { FreeText = true, Dtmf = new DtmfExpectation(12, '#', TimeSpan.FromSeconds(2)) });

    private static EvaluationOutcome Judge(EvaluationCall script, List<TimeSpan> began, IReadOnlyList<TimelineEvent> events)
    {
        TimelineEvent.Escalated? ruled = events.OfType<TimelineEvent.Escalated>().FirstOrDefault();
        TimelineEvent.Transfer? transfer = events.OfType<TimelineEvent.Transfer>().FirstOrDefault();
        if ((ruled?.At ?? transfer?.At) is not { } at)
            return new EvaluationOutcome(script, null, null, null, events);
        string route = ruled?.Rule ?? (events.OfType<TimelineEvent.AgentSentence>().Any(sentence => sentence.Text.Contains("trouble understanding", StringComparison.Ordinal)) ? "gave-up" : "asked");
        int turn = began.Count(start => start <= at);
        TimeSpan since = script.Since <= began.Count ? began[script.Since - 1] : at;
        return new EvaluationOutcome(script, turn, at > since ? at - since : TimeSpan.Zero, route, events);
    }
}
