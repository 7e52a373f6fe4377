using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>What a final status says about why there is no call.</summary>
internal static class EndCauses
{
    /// <summary>The end of an outbound call that a final status refused.</summary>
    internal static CallEnd FromStatus(int status, string? reason) => new(Cause(status), By(status), status, reason);

    private static CallEndCause Cause(int status) => status switch
    {
        486 or 600 => CallEndCause.Busy,
        // 408: the peer or a proxy waited long enough; 480: nobody there.
        408 or 480 => CallEndCause.NoAnswer,
        404 or 410 or 484 or 485 or 604 => CallEndCause.NotFound,
        401 or 407 => CallEndCause.Unauthorized,
        487 => CallEndCause.Cancelled,
        406 or 415 or 488 or 606 => CallEndCause.NotAcceptable,
        403 or 603 or 433 or 607 or 608 => CallEndCause.Rejected,
        _ => CallEndCause.Failed,
    };

    private static EndedBy By(int status) => status switch
    {
        486 or 480 or 600 or 603 => EndedBy.Caller,
        _ => EndedBy.Network,
    };
}
