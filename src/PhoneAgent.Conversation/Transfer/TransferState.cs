namespace PhoneAgent.Conversation.Transfer;

/// <summary>Where the transfer of a caller to a human stands.</summary>
public enum TransferState
{
    /// <summary>The caller was told; the next human to ask is chosen.</summary>
    Choosing,
    /// <summary>Blind: the caller's phone was asked to call the human (REFER).</summary>
    Referring,
    /// <summary>A consultation call was sent; it does not ring yet.</summary>
    Dialling,
    Ringing,
    /// <summary>The human answered and hears what the call is about.</summary>
    Briefing,
    /// <summary>The human has heard it and is to press a key.</summary>
    Deciding,
    /// <summary>The human wants the call; the caller's phone is asked to take it over (REFER with Replaces).</summary>
    Connecting,
    /// <summary>… and the human's call with us ended meanwhile: because it was taken over, or because he gave up.</summary>
    LetGo,
    /// <summary>Both talk through us.</summary>
    Bridged,
    /// <summary>Both talk without us.</summary>
    Referred,
    /// <summary>Back to the agent.</summary>
    Returned,
    /// <summary>The call is over.</summary>
    Over,
}

/// <summary>What can happen in a transfer.</summary>
public enum TransferTrigger
{
    TransferAsked,
    /// <summary>There is a human to ask, by a consultation call.</summary>
    ConsultationDue,
    /// <summary>There is a human to ask, by REFER at once.</summary>
    BlindDue,
    NobodyLeft,
    /// <summary>Our line cannot place the call (no account for the number, no room, it drains).</summary>
    CannotDial,
    HumanRings,
    HumanAnswered,
    HumanBusy,
    /// <summary>It rang for as long as it may.</summary>
    HumanSilent,
    HumanRejected,
    HumanUnreachable,
    BriefSpoken,
    Accepted,
    Declined,
    /// <summary>No key within the limit: a voicemail, or somebody who does not listen.</summary>
    NoKey,
    VoicemailFound,
    HumanHungUp,
    /// <summary>We are to stay in the media path.</summary>
    BridgeDue,
    /// <summary>The caller's phone has called the human, or taken his call over.</summary>
    ReferDone,
    /// <summary>The caller's phone will not do it (405, 501, 603 … to REFER).</summary>
    ReferRefused,
    /// <summary>The caller's phone tried, and did not reach the human.</summary>
    ReferFailed,
    CallerHungUp,
}

/// <summary>What is done on a transition.</summary>
public enum TransferAction
{
    /// <summary>The caller hears that he waits.</summary>
    PlayHold,
    StopHold,
    ChooseTarget,
    Dial,
    SpeakBrief,
    /// <summary>REFER to the human's number.</summary>
    Refer,
    /// <summary>REFER to the consultation call, or the bridge: as configured.</summary>
    Connect,
    /// <summary>The media of both calls is joined.</summary>
    Join,
    /// <summary>The consultation call is cancelled or hung up.</summary>
    DropHuman,
    /// <summary>The agent goes on with the caller.</summary>
    Return,
    HangUpCaller,
}
