namespace PhoneAgent.Conversation.Turns;

// Inside the namespace: there the states win over the namespaces of the same names.
using static PhoneAgent.Conversation.Turns.TurnAction;
using static PhoneAgent.Conversation.Turns.TurnState;
using static PhoneAgent.Conversation.Turns.TurnTrigger;

/// <summary>One row: in <paramref name="From"/>, <paramref name="On"/> leads to <paramref name="To"/> with these actions, in order.</summary>
/// <param name="From">The state before.</param>
/// <param name="On">What happened.</param>
/// <param name="To">The state after; null where the machine goes back to the state it was diverted from.</param>
/// <param name="Actions">What the session does.</param>
public sealed record TurnRow(TurnState From, TurnTrigger On, TurnState? To, params TurnAction[] Actions);

/// <summary>The turn machine's table. What is not listed changes nothing.</summary>
public static class TurnTable
{
    public static readonly IReadOnlyList<TurnRow> Rows =
    [
        new(Greeting, CallAnswered, Greeting, Greet),
        new(Greeting, SpeechStarted, MaybeInterrupted, OpenUtterance, Duck),
        new(Greeting, ReplyFinished, Listening, AwaitCaller),
        new(Greeting, KeyPressed, Listening, CutSpeech, AwaitCaller),

        new(Greeting, AnswerAwaited, Screening),
        new(Screening, SpeechStarted, Screening, OpenUtterance),
        new(Screening, EndpointReached, Screening, FinishUtterance),
        new(Screening, PersonAnswered, Greeting, DropUtterance, Greet),
        new(Screening, AnswerDecided, Thinking, DropUtterance, ReplyToAnswer),

        new(Listening, SpeechStarted, CallerSpeaking, OpenUtterance),
        new(Listening, CallerSilent, Thinking, ReplyToSilence),
        new(Listening, KeyPressed, Listening, AwaitCaller),
        new(Listening, KeysEntered, Thinking, ReplyToKeys),

        new(CallerSpeaking, SpeechPaused, MaybeDone, Probe),
        new(CallerSpeaking, EndpointReached, Thinking, FinishUtterance),
        new(CallerSpeaking, KeyPressed, Listening, DropUtterance, AwaitCaller),

        new(MaybeDone, ProbeReady, MaybeDone, Speculate),
        new(MaybeDone, SpeechResumed, CallerSpeaking, DiscardSpeculation),
        new(MaybeDone, EndpointReached, Thinking, FinishUtterance),
        new(MaybeDone, KeyPressed, Listening, DiscardSpeculation, DropUtterance, AwaitCaller),

        new(Thinking, UtteranceUnderstood, Thinking, ReplyToUtterance),
        new(Thinking, UtteranceNotUnderstood, Thinking, DiscardSpeculation, ReplyToNotUnderstood),
        new(Thinking, UtteranceIgnored, Listening, DiscardSpeculation, AwaitCaller),
        new(Thinking, SpeechStarted, MaybeInterrupted, OpenUtterance, PauseSpeech),
        new(Thinking, ReplyStarted, Speaking),
        new(Thinking, ReplyFinished, Listening, AwaitCaller),
        new(Thinking, KeyPressed, Listening, CutSpeech, DropUtterance, AwaitCaller),

        new(Speaking, SpeechStarted, MaybeInterrupted, OpenUtterance, Duck),
        new(Speaking, ReplyFinished, Listening, AwaitCaller),
        new(Speaking, KeyPressed, Listening, CutSpeech, AwaitCaller),

        new(MaybeInterrupted, SpeechSustained, MaybeInterrupted, PauseSpeech),
        new(MaybeInterrupted, SpeechPaused, MaybeInterrupted, PauseSpeech, FinishUtterance),
        new(MaybeInterrupted, SpeechResumed, MaybeInterrupted, OpenUtterance),
        new(MaybeInterrupted, BargeInConfirmed, CallerSpeaking, CutSpeech),
        new(MaybeInterrupted, BargeInUnderstood, Thinking, CutSpeech, ReplyToUtterance),
        new(MaybeInterrupted, BargeInDismissed, null, DropUtterance, ResumeSpeech),
        // The answer to what was said before this onset: prepared, but not audible while it is unclear.
        new(MaybeInterrupted, UtteranceUnderstood, MaybeInterrupted, ReplyToUtterance),
        new(MaybeInterrupted, UtteranceNotUnderstood, MaybeInterrupted, ReplyToNotUnderstood),
        // The agent was at its last words anyway: no interruption, the caller's turn.
        new(MaybeInterrupted, ReplyFinished, CallerSpeaking, ResumeSpeech),
        new(MaybeInterrupted, KeyPressed, Listening, CutSpeech, DropUtterance, AwaitCaller),

        // Answers to what happened before the hold, or on it: prepared, and heard after it.
        new(OnHold, UtteranceUnderstood, OnHold, ReplyToUtterance),
        new(OnHold, UtteranceNotUnderstood, OnHold, ReplyToNotUnderstood),
        new(OnHold, TransferFailed, OnHold, ReplyToFailedTransfer),
        new(OnHold, Resumed, null, ResumeSpeech, AwaitCaller),

        new(Transferring, TransferFailed, Thinking, ReplyToFailedTransfer),
        // Most phones hold us while they call the target.
        new(Transferring, Held, OnHold, PauseSpeech),

        // The caller is heard and written down; nobody but the supervisor answers.
        new(TakenOver, SpeechStarted, TakenOver, OpenUtterance),
        new(TakenOver, EndpointReached, TakenOver, FinishUtterance),

        .. FromEach([Greeting, Listening, CallerSpeaking, MaybeDone, Thinking, Speaking, MaybeInterrupted],
            MachineAnswered, Screening, CutSpeech, DropUtterance),
        .. FromEach([Greeting, Screening, Listening, CallerSpeaking, MaybeDone, Thinking, Speaking, MaybeInterrupted],
            FloorTaken, TakenOver, CutSpeech),
        .. FromEach([Greeting, Screening, Listening, CallerSpeaking, MaybeDone, Thinking, Speaking, MaybeInterrupted, TakenOver],
            SupervisorSpoke, Thinking, CutSpeech, DropUtterance, ReplyForSupervisor),
        .. FromEach([Greeting, Screening, Listening, CallerSpeaking, MaybeDone, Thinking, Speaking, MaybeInterrupted, TakenOver],
            Held, OnHold, DropUtterance, DiscardSpeculation, PauseSpeech),
        .. FromEach([Greeting, Thinking, Speaking], TransferDue, Transferring, Transfer),
        .. FromEach([Greeting, Thinking, Speaking], HangUpDue, Ended, HangUp, CleanUp),
        .. FromEach([Greeting, Screening, Listening, CallerSpeaking, MaybeDone, Thinking, Speaking, MaybeInterrupted, OnHold, TakenOver, Transferring],
            CallEnded, Ended, CleanUp),
    ];

    private static IEnumerable<TurnRow> FromEach(TurnState[] states, TurnTrigger on, TurnState to, params TurnAction[] actions) =>
        states.Select(from => new TurnRow(from, on, to, actions));
}
