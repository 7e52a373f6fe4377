using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Answering;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Campaigns.Dialing;

/// <summary>What a call came to, as the report counts it. Pure.</summary>
public static class AttemptOutcomes
{
    /// <summary>Of a call that was never answered.</summary>
    /// <param name="early">What the tones or the announcement before the answer said; null for nothing.</param>
    public static AttemptOutcome OfFailure(CallEnd end, AnswerKind? early = null)
    {
        ArgumentNullException.ThrowIfNull(end);
        return end.Cause switch
        {
            // Networks that speak instead of sending a status end the call with one that says little (480, 503, or our own CANCEL).
            _ when early == AnswerKind.NotInService => AttemptOutcome.NotInService,
            _ when early == AnswerKind.Busy => AttemptOutcome.Busy,
            _ when early == AnswerKind.Congested => AttemptOutcome.Failed,
            CallEndCause.Busy => AttemptOutcome.Busy,
            CallEndCause.NoAnswer => AttemptOutcome.NoAnswer,
            // RFC 3261 §21.4.22: 485 says the number leads to several; nobody is reached by calling it again, either.
            CallEndCause.NotFound when end.StatusCode is not null => AttemptOutcome.NotInService,
            // 487 without our CANCEL: somebody on the way gave up ringing.
            CallEndCause.Cancelled when end.StatusCode == 487 && end.By != EndedBy.Agent => AttemptOutcome.NoAnswer,
            CallEndCause.Rejected => AttemptOutcome.Rejected,
            _ => AttemptOutcome.Failed,
        };
    }

    /// <summary>Of a call that was answered.</summary>
    /// <param name="optedOut">"Stop calling me", by whatever way.</param>
    public static AttemptOutcome OfCall(IReadOnlyList<TimelineEvent> timeline, CallEnd end, bool optedOut)
    {
        ArgumentNullException.ThrowIfNull(end);
        if (optedOut)
            return AttemptOutcome.OptedOut;
        AnswerOutcome answer = AnswerOutcome.From(timeline);
        if (answer.Message == MessageOutcome.Left)
            return AttemptOutcome.MessageLeft;
        return answer.Kind switch
        {
            AnswerKind.Machine or AnswerKind.Voicemail => AttemptOutcome.Machine,
            AnswerKind.Fax => AttemptOutcome.Fax,
            AnswerKind.NotInService => AttemptOutcome.NotInService,
            AnswerKind.Busy => AttemptOutcome.Busy,
            AnswerKind.Congested => AttemptOutcome.Failed,
            _ when HasTalked(timeline) => AttemptOutcome.Answered,
            _ when end.Cause is CallEndCause.HungUp && end.By == EndedBy.Caller => AttemptOutcome.HungUpEarly,
            _ when end.Cause is CallEndCause.MediaTimeout or CallEndCause.PeerLost or CallEndCause.Failed or CallEndCause.ShuttingDown => AttemptOutcome.Failed,
            AnswerKind.Silent => AttemptOutcome.Silence,
            _ when HasHeard(timeline) => AttemptOutcome.Answered,
            _ => AttemptOutcome.Silence,
        };
    }

    /// <summary>The contact said or pressed something that reached the agent, after he heard anything of him.</summary>
    private static bool HasTalked(IReadOnlyList<TimelineEvent> timeline) =>
        timeline.SkipWhile(e => e is not TimelineEvent.Heard).Any(e => e is TimelineEvent.Dtmf or TimelineEvent.Final { Text.Length: > 0 }) || timeline.Any(e => e is TimelineEvent.Transfer { Step: "connected" or "referred" });

    /// <summary>Something that the agent said was heard to its end.</summary>
    private static bool HasHeard(IReadOnlyList<TimelineEvent> timeline) =>
        timeline.Any(e => e is TimelineEvent.Heard { Interrupted: false, Text.Length: > 0 });
}
