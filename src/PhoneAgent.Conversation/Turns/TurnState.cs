namespace PhoneAgent.Conversation.Turns;

/// <summary>Who has the floor, as the turn machine sees it.</summary>
public enum TurnState
{
    /// <summary>The agent says its first words.</summary>
    Greeting,
    /// <summary>A call of ours was answered, by whom is not known, or by a machine that does not record yet: the agent listens.</summary>
    Screening,
    /// <summary>The caller's turn; he is silent.</summary>
    Listening,
    /// <summary>The caller speaks.</summary>
    CallerSpeaking,
    /// <summary>The caller paused; the reply is being prepared on the guess that he is done.</summary>
    MaybeDone,
    /// <summary>The caller's turn is over; the agent has not been heard yet.</summary>
    Thinking,
    /// <summary>The agent speaks.</summary>
    Speaking,
    /// <summary>There is speech while the agent has the floor; it is not clear yet what it means.</summary>
    MaybeInterrupted,
    OnHold,
    /// <summary>A supervisor talks to the caller; the agent is silent.</summary>
    TakenOver,
    Transferring,
    Ended,
}

/// <summary>What can happen in a call, seen from the turns.</summary>
public enum TurnTrigger
{
    CallAnswered,
    /// <summary>A call of ours was answered, and it matters by whom.</summary>
    AnswerAwaited,
    /// <summary>It was a person, or somebody to be talked to like one.</summary>
    PersonAnswered,
    /// <summary>It was no person after all.</summary>
    MachineAnswered,
    /// <summary>A machine records now, or the call is to end.</summary>
    AnswerDecided,
    /// <summary>The voice detector is sure of an onset.</summary>
    SpeechStarted,
    /// <summary>Silence for as long as it takes to guess.</summary>
    SpeechPaused,
    /// <summary>The caller goes on after a pause.</summary>
    SpeechResumed,
    /// <summary>Speech over the agent has lasted long enough to stop talking.</summary>
    SpeechSustained,
    /// <summary>An interim result for the pause is there.</summary>
    ProbeReady,
    /// <summary>Endpointing is sure that the turn is over.</summary>
    EndpointReached,
    /// <summary>The final result has words.</summary>
    UtteranceUnderstood,
    /// <summary>The final result has none, or none that were expected.</summary>
    UtteranceNotUnderstood,
    /// <summary>The utterance was a noise that needs no answer.</summary>
    UtteranceIgnored,
    BargeInConfirmed,
    /// <summary>What was said over the agent, now silent again, is an answer.</summary>
    BargeInUnderstood,
    BargeInDismissed,
    /// <summary>The caller hears the first of the reply.</summary>
    ReplyStarted,
    /// <summary>All of the reply was heard.</summary>
    ReplyFinished,
    /// <summary>Neither side has said anything for too long.</summary>
    CallerSilent,
    /// <summary>A key that counts.</summary>
    KeyPressed,
    /// <summary>Keys that make an answer.</summary>
    KeysEntered,
    Held,
    Resumed,
    /// <summary>A supervisor takes the agent's place.</summary>
    FloorTaken,
    /// <summary>A supervisor has the agent say something, transfer, or go on.</summary>
    SupervisorSpoke,
    TransferDue,
    TransferFailed,
    HangUpDue,
    CallEnded,
}

/// <summary>What the session does on a transition.</summary>
public enum TurnAction
{
    Greet,
    OpenUtterance,
    Probe,
    FinishUtterance,
    DropUtterance,
    Speculate,
    DiscardSpeculation,
    ReplyToUtterance,
    ReplyToNotUnderstood,
    ReplyToSilence,
    ReplyToKeys,
    ReplyToFailedTransfer,
    /// <summary>A message for the machine, or nothing, and the end of the call.</summary>
    ReplyToAnswer,
    /// <summary>What a supervisor wants of the agent.</summary>
    ReplyForSupervisor,
    /// <summary>The agent's voice goes down, but on.</summary>
    Duck,
    /// <summary>The agent's voice stops at this sample.</summary>
    PauseSpeech,
    /// <summary>… and goes on from it at full volume.</summary>
    ResumeSpeech,
    /// <summary>What was not heard is thrown away, with the reply in the making; the dialogue is told what was heard.</summary>
    CutSpeech,
    /// <summary>The silence of the caller begins to count.</summary>
    AwaitCaller,
    Transfer,
    HangUp,
    CleanUp,
}
