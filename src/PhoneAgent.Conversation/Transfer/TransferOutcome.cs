using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;

namespace PhoneAgent.Conversation.Transfer;

/// <summary>What the line's and the humans' answers mean for a transfer.</summary>
internal static class TransferOutcome
{
    /// <summary>What a call that was never answered tells.</summary>
    /// <param name="end">Why there is no call.</param>
    /// <param name="mayRefer">The caller's phone has not been asked yet to call this human.</param>
    public static TransferTrigger Of(CallEnd end, bool mayRefer) => end.Cause switch
    {
        CallEndCause.Busy => TransferTrigger.HumanBusy,
        CallEndCause.NoAnswer => TransferTrigger.HumanSilent,
        CallEndCause.Rejected => TransferTrigger.HumanRejected,
        CallEndCause.NotAllowed => TransferTrigger.HumanUnreachable,
        // Nobody but us has said no: the caller's phone may know a way.
        _ when end is { By: EndedBy.Agent, StatusCode: null } && mayRefer => TransferTrigger.CannotDial,
        _ => TransferTrigger.HumanUnreachable,
    };

    /// <summary>The step of the timeline.</summary>
    public static string Step(TransferTrigger trigger) => trigger switch
    {
        TransferTrigger.TransferAsked => "announced",
        TransferTrigger.ConsultationDue => "dialling",
        TransferTrigger.BlindDue => "referring",
        TransferTrigger.CannotDial => "cannot-dial",
        TransferTrigger.HumanRings => "ringing",
        TransferTrigger.HumanAnswered => "answered",
        TransferTrigger.HumanBusy => "busy",
        TransferTrigger.HumanSilent => "no-answer",
        TransferTrigger.HumanRejected => "rejected",
        TransferTrigger.HumanUnreachable => "unreachable",
        TransferTrigger.BriefSpoken => "brief-spoken",
        TransferTrigger.Accepted => "accepted",
        TransferTrigger.Declined => "declined",
        TransferTrigger.NoKey => "no-key",
        TransferTrigger.VoicemailFound => "voicemail",
        TransferTrigger.HumanHungUp => "hung-up",
        TransferTrigger.BridgeDue => "bridging",
        TransferTrigger.ReferDone => "referred",
        TransferTrigger.ReferRefused => "refer-refused",
        TransferTrigger.ReferFailed => "refer-failed",
        TransferTrigger.CallerHungUp => "caller-hung-up",
        _ => throw new ArgumentOutOfRangeException(nameof(trigger)),
    };

    /// <summary>Why a human did not take the call, for the dialogue and the record.</summary>
    public static string Words(TransferTrigger trigger) => trigger switch
    {
        TransferTrigger.HumanBusy => "the line is busy",
        TransferTrigger.HumanSilent => "nobody answered",
        TransferTrigger.HumanRejected or TransferTrigger.Declined => "the call was declined",
        TransferTrigger.NoKey or TransferTrigger.VoicemailFound => "nobody took the call",
        TransferTrigger.HumanHungUp => "the colleague hung up",
        TransferTrigger.NobodyLeft => TransferReasons.NobodyThere,
        _ => "the colleague could not be reached",
    };
}
