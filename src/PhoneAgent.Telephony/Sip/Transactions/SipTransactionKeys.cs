using PhoneAgent.Telephony.Sip.Messages;

namespace PhoneAgent.Telephony.Sip.Transactions;

/// <summary>RFC 3261 §17.1.3: the branch that we made, and the method, since CANCEL shares the branch of its INVITE.</summary>
internal readonly record struct SipClientKey(string Branch, string Method)
{
    public static SipClientKey Of(SipMessage message) => new(message.TopVia.Branch ?? "", message.CSeq.Method);
}

/// <summary>RFC 3261 §17.2.3: branch, sent-by and method; ACK counts as the INVITE that it acknowledges.</summary>
internal readonly record struct SipServerKey(string Branch, string SentBy, string Method)
{
    public static SipServerKey Of(SipRequest request)
    {
        SipVia via = request.TopVia;
        string method = request.IsAck ? SipMethods.Invite : request.Method;
        // The host of sent-by compares without case, branches too since they are tokens (§7.3.1).
        return via.HasMagicBranch
            ? new(via.Branch!.ToLowerInvariant(), via.SentBy.ToLowerInvariant(), method)
            : new(Rfc2543Key(request, via), "", method);
    }

    /// <summary>A client of RFC 2543 has no unique branch; the headers that stay the same in a repetition stand in for it.</summary>
    private static string Rfc2543Key(SipRequest request, SipVia via) => string.Join('\n',
        request.RequestUri.ToString(), request.From.Tag ?? request.From.Uri.ToString(), request.CallId,
        request.CSeq.Sequence, via.ToString());
}

/// <summary>RFC 3261 §8.2.2.2: the same request by another path has these and another branch.</summary>
internal readonly record struct SipMergeKey(string CallId, string FromTag, uint Sequence, string Method)
{
    /// <summary>Null when the request cannot be one half of a merge: it is within a dialog, or has no From tag.</summary>
    public static SipMergeKey? Of(SipRequest request) => request.To.Tag is null && request.From.Tag is { } tag
        ? new(request.CallId, tag, request.CSeq.Sequence, request.Method)
        : null;
}
