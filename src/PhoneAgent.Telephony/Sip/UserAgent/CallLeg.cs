using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transactions;
using PhoneAgent.Telephony.Sip.Transfer;
using PhoneAgent.Telephony.Sip.Transport;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>What the holder of a leg is told.</summary>
internal interface ICallLegOwner
{
    void OnInfoDtmf(char digit, TimeSpan duration);

    /// <summary>A REFER of the peer inside the dialog; to be answered.</summary>
    void OnRefer(CallLeg leg, SipServerTransaction transaction, SipRequest request);

    /// <summary>The leg is over. Once.</summary>
    void OnEnded(CallLeg leg, CallEnd end);
}

/// <summary>
/// The INVITE usage of one dialog (RFC 5057): offers and answers in both directions, session timer, BYE. Media is
/// handed in and outlives the leg, because a replaced call goes on with it. Used on the SIP loop only.
/// </summary>
internal sealed partial class CallLeg : IDialogUser
{
    private readonly ISignalling _signalling;
    private readonly SipAccountOptions? _account;
    private readonly string _contact;
    private readonly SipSource? _peer;
    private UnacknowledgedAnswer? _answer;
    private CallEnd? _byeWhenAcknowledged;
    private bool _isOver;
    private Action? _onByeDone;
    private SipRequest? _lastAck;
    private string _lastAckBranch = "";

    /// <param name="contact">Our Contact in this dialog.</param>
    /// <param name="peer">Where its INVITE came from; null when we sent it.</param>
    internal CallLeg(ISignalling signalling, Dialog dialog, ICallMedia media, string contact, SipSource? peer, SipAccountOptions? account, ICallLegOwner owner)
    {
        (_signalling, Dialog, Media, _contact, _peer, _account, Owner) = (signalling, dialog, media, contact, peer, account, owner);
        signalling.Register(Dialog.Id, this);
    }

    internal Dialog Dialog { get; }

    internal ICallMedia Media { get; }

    internal ICallLegOwner Owner { get; set; }

    internal bool IsOver => _isOver;

    /// <summary>Whether we sent the INVITE: we own the Call-ID then (RFC 3261 §14.1).</summary>
    private bool IsCaller => _peer is null;

    /// <summary>Whether a 2xx was sent or received.</summary>
    internal bool IsConfirmed { get; private set; }

    internal string Contact => _contact;

    internal SipAccountOptions? Account => _account;

    /// <summary>Of a call of ours; ends with the leg.</summary>
    internal CallPermit? Permit { get; set; }

    /// <summary>Who refreshes the session, when; null without a session timer.</summary>
    internal SessionTimerTerms? SessionTimer => _sessionTimer;

    /// <summary>Makes the leg one of a running call.</summary>
    internal void Confirm(SipMessage peer)
    {
        IsConfirmed = true;
        _peerAllowsUpdate = Capabilities.Allows(peer, SipMethods.Update);
    }

    /// <summary>Ends the leg because we want it: BYE, once the peer may get one.</summary>
    /// <param name="onDone">Called when the BYE was answered or given up.</param>
    internal void End(CallEnd end, Action? onDone = null)
    {
        if (_isOver)
        {
            if (_onByeDone is null)
                onDone?.Invoke();
            else
                _onByeDone += onDone;
            return;
        }
        _onByeDone = onDone ?? (static () => { });
        // A callee sends no BYE before the ACK or the end of waiting for it (RFC 3261 §15).
        if (_answer is not null && !IsCaller && !_isReinviteAnswer)
            _byeWhenAcknowledged = end;
        else
            SendBye(end);
        // Registered until the BYE is answered: the peer's own BYE may cross it.
        MarkOver(end, keepRegistered: true);
    }

    /// <summary>The leg is over without a word of ours: the peer's BYE, or a dialog that the peer no longer knows.</summary>
    private void Lose(CallEnd end)
    {
        if (_isOver)
            return;
        _answer?.Stop();
        _answer = null;
        MarkOver(end, keepRegistered: false);
    }

    /// <summary>An early dialog that came to nothing.</summary>
    internal void Abandon()
    {
        _isOver = true;
        StopSessionTimer();
        _signalling.Unregister(Dialog.Id, this);
    }

    /// <summary>Acknowledges a reliable provisional response (RFC 3262 §7.1). When PRACK fails the INVITE's own end tells.</summary>
    internal void SendPrack(SipRAck rack)
    {
        var prack = NewRequest(SipMethods.Prack);
        prack.Headers.Add(SipHeaderNames.RAck, rack.ToString());
        Send(prack, static _ => { });
    }

    /// <summary>Reports on a transfer that the peer asked for (RFC 3515 §2.4.5).</summary>
    internal void Notify(SipFrag frag)
    {
        if (_isOver)
            return;
        var notify = NewRequest(SipMethods.Notify);
        notify.Headers.Add(SipHeaderNames.Event, "refer");
        notify.Headers.Add(SipHeaderNames.SubscriptionState, frag.IsFinal ? "terminated;reason=noresource" : "active;expires=60");
        notify.Headers.Set(SipHeaderNames.ContentType, SipFrag.ContentType);
        notify.Body = frag.ToBytes();
        Send(notify, static _ => { });
    }

    private void MarkOver(CallEnd end, bool keepRegistered)
    {
        _isOver = true;
        StopSessionTimer();
        DropWaitingOffers();
        if (_byeWhenAcknowledged is null)
        {
            _answer?.Stop();
            _answer = null;
        }
        if (!keepRegistered)
            _signalling.Unregister(Dialog.Id, this);
        Permit?.Dispose();
        FailReferral(end);
        Interlocked.Exchange(ref _whenAcknowledged, null)?.Invoke();
        Owner.OnEnded(this, end);
    }

    private void SendBye(CallEnd end)
    {
        var bye = NewRequest(SipMethods.Bye);
        if (end.Reason is { } reason)
            bye.Headers.Set(SipHeaderNames.Reason, ByeReason.Format(end.StatusCode, reason));
        Send(bye, response =>
        {
            if (response.IsProvisional)
                return;
            _signalling.Unregister(Dialog.Id, this);
            Interlocked.Exchange(ref _onByeDone, null)?.Invoke();
        });
    }

    public void OnAck(SipRequest ack)
    {
        if (_answer is not { } answer || ack.CSeq.Sequence != answer.Sequence)
            return;
        answer.Stop();
        _answer = null;
        if (_byeWhenAcknowledged is { } end)
        {
            _byeWhenAcknowledged = null;
            SendBye(end);
            return;
        }
        if (answer.Offered)
            TakeLateAnswer(ack);
        RunWaitingOffer();
        Interlocked.Exchange(ref _whenAcknowledged, null)?.Invoke();
    }

    private void TakeLateAnswer(SipRequest ack)
    {
        var outcome = Capabilities.TryGetSdp(ack, out var sdp) ? Media.AcceptAnswer(sdp) : new SdpOutcome(null, "the ACK has no answer", 488);
        if (outcome.IsAccepted)
        {
            Media.Start();
            Interlocked.Exchange(ref _onLateAnswer, null)?.Invoke(true);
            return;
        }
        Media.RollBack();
        var first = Interlocked.Exchange(ref _onLateAnswer, null);
        if (first is null)
            return; // A re-INVITE: the session goes on as it was.
        End(new CallEnd(CallEndCause.NotAcceptable, EndedBy.Agent, 488, outcome.Failure));
        first(false);
    }

    private void OnNoAck()
    {
        _answer = null;
        if (_byeWhenAcknowledged is { } end)
        {
            _byeWhenAcknowledged = null;
            SendBye(end);
            return;
        }
        Interlocked.Exchange(ref _onLateAnswer, null)?.Invoke(false);
        End(new CallEnd(CallEndCause.PeerLost, EndedBy.Network, null, "no ACK"));
    }

    /// <summary>Acknowledges a 2xx to an INVITE of ours; the same ACK goes out again for a repeated 2xx.</summary>
    internal void Acknowledge(SipResponse success)
    {
        if (_lastAck is null || _lastAck.CSeq.Sequence != success.CSeq.Sequence)
            (_lastAck, _lastAckBranch) = (Dialog.CreateAck(success.CSeq.Sequence), SipIds.NewBranch());
        _signalling.SendAck(_lastAck, _lastAckBranch, Dialog.NextHop, _peer);
    }

    /// <summary>A request of this dialog with what all of ours carry.</summary>
    private SipRequest NewRequest(string method)
    {
        var request = Dialog.CreateRequest(method);
        if (method is SipMethods.Invite or SipMethods.Update or SipMethods.Refer or SipMethods.Notify)
            request.Headers.Add(SipHeaderNames.Contact, _contact);
        Capabilities.Describe(request);
        return request;
    }

    private void Send(SipRequest request, Action<SipResponse> onResponse) =>
        DigestExchange.Send(_signalling, request, Dialog.NextHop, _peer, _account, Dialog.NextSequence, onResponse);

    /// <summary>408 and 481 to a request in a dialog say that the peer is gone (RFC 3261 §12.2.1.2).</summary>
    private bool LostBy(SipResponse response)
    {
        if (response.StatusCode is not (408 or 481))
            return false;
        End(new CallEnd(CallEndCause.PeerLost, EndedBy.Network, response.StatusCode, response.ReasonPhrase));
        return true;
    }
}
