using PhoneAgent.Telephony.Sip.Messages;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>What names a dialog at our end (RFC 3261 §12).</summary>
internal readonly record struct DialogId(string CallId, string LocalTag, string RemoteTag);

/// <summary>
/// The state that two user agents share about a dialog: who they are, where the next request goes, and in which order
/// requests come (RFC 3261 §12). Makes the requests of our side. Used on the SIP loop only.
/// </summary>
internal sealed class Dialog
{
    private readonly SipNameAddress _local;
    private readonly SipNameAddress _remote;
    private uint _localSequence;
    private uint? _remoteSequence;

    private Dialog(string callId, SipNameAddress local, SipNameAddress remote, uint localSequence, uint? remoteSequence,
        SipUri remoteTarget, IReadOnlyList<SipNameAddress> routeSet, bool isSecure)
    {
        (CallId, _local, _remote) = (callId, local, remote);
        (_localSequence, _remoteSequence) = (localSequence, remoteSequence);
        (RemoteTarget, RouteSet, IsSecure) = (remoteTarget, routeSet, isSecure);
    }

    internal string CallId { get; }
    internal string LocalTag => _local.Tag ?? "";
    internal string RemoteTag => _remote.Tag ?? "";
    internal DialogId Id => new(CallId, LocalTag, RemoteTag);

    /// <summary>Where the peer is now: its last Contact.</summary>
    internal SipUri RemoteTarget { get; private set; }

    /// <summary>The proxies that want to stay on the way, nearest first. Fixed for the life of the dialog.</summary>
    internal IReadOnlyList<SipNameAddress> RouteSet { get; private set; }

    /// <summary>Where the next request goes first, whichever way that router wants it written.</summary>
    internal SipUri NextHop => RouteSet.Count > 0 ? RouteSet[0].Uri : RemoteTarget;

    internal bool IsSecure { get; }

    internal SipUri RemoteUri => _remote.Uri;

    internal SipUri LocalUri => _local.Uri;

    /// <summary>The dialog of a request that we answer (§12.1.1). Null when the request has no usable Contact.</summary>
    internal static Dialog? OfServer(SipRequest invite, string localTag)
    {
        if (ContactOf(invite) is not { } contact)
            return null;
        return new Dialog(invite.CallId, invite.To.WithTag(localTag), invite.From, localSequence: 0, invite.CSeq.Sequence, contact,
            invite.RecordRoutes, invite.RequestUri.IsSecure);
    }

    /// <summary>The dialog of a response to our request (§12.1.2). Null when it lacks a usable Contact.</summary>
    internal static Dialog? OfClient(SipRequest invite, SipResponse response)
    {
        if (ContactOf(response) is not { } contact)
            return null;
        return new Dialog(invite.CallId, invite.From, response.To, response.CSeq.Sequence, remoteSequence: null, contact,
            [.. response.RecordRoutes.Reverse()], invite.RequestUri.IsSecure);
    }

    /// <summary>The 2xx tells the route set for good; what an earlier 18x said is replaced (§13.2.2.4).</summary>
    internal void Confirm(SipResponse response)
    {
        RouteSet = [.. response.RecordRoutes.Reverse()];
        RefreshTarget(response);
    }

    /// <summary>Takes the Contact of a target refresh request or of the 2xx to one.</summary>
    internal void RefreshTarget(SipMessage message)
    {
        if (ContactOf(message) is { } contact)
            RemoteTarget = contact;
    }

    /// <summary>Whether a request comes in order; an older one gets 500 (§12.2.2). Remembers the number.</summary>
    internal bool TakeSequence(uint number)
    {
        if (_remoteSequence is { } last && number <= last)
            return false;
        _remoteSequence = number;
        return true;
    }

    /// <summary>A request of the next number (§12.2.1.1), routed loose or strict as the first route asks.</summary>
    internal SipRequest CreateRequest(string method) => Create(method, NextSequence());

    internal uint NextSequence() => ++_localSequence;

    /// <summary>ACK and CANCEL carry the number of the INVITE that they are about.</summary>
    internal SipRequest CreateAck(uint inviteSequence) => Create(SipMethods.Ack, inviteSequence);

    private SipRequest Create(string method, uint sequence)
    {
        var target = RemoteTarget;
        List<string> routes = [.. RouteSet.Select(route => route.ToString())];
        if (RouteSet.Count > 0 && !RouteSet[0].Uri.IsLooseRouter)
        {
            // A strict router wants itself in the Request-URI and the target last in Route (§12.2.1.1).
            routes.RemoveAt(0);
            routes.Add($"<{target}>");
            target = RouteSet[0].Uri with { Parameters = RouteSet[0].Uri.Parameters.Without("method"), HeadersText = null };
        }
        var request = new SipRequest(method, target);
        request.MaxForwards = 70;
        foreach (var route in routes)
            request.Headers.Add(SipHeaderNames.Route, route);
        request.Headers.Add(SipHeaderNames.From, _local.ToString());
        request.Headers.Add(SipHeaderNames.To, _remote.ToString());
        request.Headers.Add(SipHeaderNames.CallId, CallId);
        request.CSeq = new SipCSeq(sequence, method);
        return request;
    }

    private static SipUri? ContactOf(SipMessage message) =>
        message.Contacts is [var contact, ..] && contact.Uri.IsSip ? contact.Uri : null;
}
