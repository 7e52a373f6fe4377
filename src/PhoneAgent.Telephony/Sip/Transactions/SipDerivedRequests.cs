using PhoneAgent.Telephony.Sip.Messages;

namespace PhoneAgent.Telephony.Sip.Transactions;

/// <summary>The requests that a client transaction makes out of its INVITE: hop by hop, with the branch of the INVITE.</summary>
internal static class SipDerivedRequests
{
    /// <summary>ACK for 300–699 (RFC 3261 §17.1.1.3): To of the response, everything else of the request.</summary>
    public static SipRequest Ack(SipRequest invite, SipResponse response)
    {
        SipRequest ack = Derive(invite, SipMethods.Ack);
        ack.Headers.Set(SipHeaderNames.To, response.Headers.Get(SipHeaderNames.To));
        return ack;
    }

    /// <summary>CANCEL (§9.1): To as in the request, without a tag that a response may have brought.</summary>
    public static SipRequest Cancel(SipRequest invite, string? reason)
    {
        SipRequest cancel = Derive(invite, SipMethods.Cancel);
        if (reason is not null)
            cancel.Headers.Add(SipHeaderNames.Reason, reason);
        return cancel;
    }

    private static SipRequest Derive(SipRequest invite, string method)
    {
        var derived = new SipRequest(method, invite.RequestUri);
        foreach (SipHeader header in invite.Headers)
            if (header.Name is SipHeaderNames.Via or SipHeaderNames.From or SipHeaderNames.To or SipHeaderNames.CallId
                or SipHeaderNames.Route or SipHeaderNames.MaxForwards)
                derived.Headers.Add(header.Name, header.Value);
        derived.CSeq = new SipCSeq(invite.CSeq.Sequence, method);
        derived.MaxForwards = 70;
        return derived;
    }
}
