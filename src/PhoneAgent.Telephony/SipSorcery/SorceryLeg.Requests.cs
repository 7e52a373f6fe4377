using System.Text;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.UserAgent;
using SIPSorcery.SIP;

namespace PhoneAgent.Telephony.SipSorcery;

/// <summary>Requests of the peer inside the dialog.</summary>
internal sealed partial class SorceryLeg
{
    internal void OnRequest(SIPRequest request)
    {
        // Our own INVITE is found by its Call-ID, which another fork's dialog has as well.
        if (Dialogue is { } dialogue && (request.Header.From.FromTag != dialogue.RemoteTag || request.Header.To.ToTag != dialogue.LocalTag))
        {
            Refuse(request, 481);
            return;
        }
        if (!TakeRemoteSequence(request))
        {
            Refuse(request, 500, "CSeq Out Of Order");
            return;
        }
        if (IsOver && request.Method != SIPMethodsEnum.BYE)
        {
            // Notifications of a transfer may come after the end (RFC 3515 §2.4.4 leaves the order open).
            Refuse(request, request.Method == SIPMethodsEnum.NOTIFY ? 200 : 481);
            return;
        }
        switch (request.Method)
        {
            case SIPMethodsEnum.BYE:
                OnBye(request);
                break;
            case SIPMethodsEnum.INVITE:
                OnReinvite(request);
                break;
            case SIPMethodsEnum.UPDATE:
                OnUpdate(request);
                break;
            case SIPMethodsEnum.INFO:
                OnInfo(request);
                break;
            case SIPMethodsEnum.OPTIONS:
                _core.Respond(request, 200, describe: response => response.Header.Accept = Capabilities.Accept);
                break;
            case SIPMethodsEnum.NOTIFY:
                OnNotify(request);
                break;
            case SIPMethodsEnum.REFER:
                Session.OnRefer(this, request);
                break;
            default:
                Refuse(request, 405);
                break;
        }
    }

    private bool TakeRemoteSequence(SIPRequest request)
    {
        lock (_lock)
        {
            if (request.Header.CSeq <= _remoteSequence)
                return false;
            (_remoteSequence, _way) = (request.Header.CSeq, request.LocalSIPEndPoint);
            return true;
        }
    }

    private void Refuse(SIPRequest request, int status, string? reason = null)
    {
        if (request.Method == SIPMethodsEnum.INVITE)
            _core.Refuse(request, status, reason);
        else
            _core.Respond(request, status, reason);
    }

    private void OnBye(SIPRequest bye)
    {
        var transferred = _referral is { IsAccepted: true };
        var (status, text) = SipParser.TryParse(Encoding.UTF8.GetBytes(bye.ToString()), out var parsed, out _) ? ByeReason.Read(parsed) : (null, null);
        try
        {
            _core.Respond(bye, 200);
        }
        finally
        {
            _peerLeft = true;
            _settled.TrySetResult();
            Lose(new CallEnd(transferred ? CallEndCause.Transferred : CallEndCause.HungUp, EndedBy.Caller, status, text));
        }
    }

    private void OnReinvite(SIPRequest invite)
    {
        if (_isOffering)
        {
            Refuse(invite, 491);
            return;
        }
        if (Dialogue is null)
        {
            _core.Refuse(invite, 500, describe: response => response.Header.RetryAfter = "1");
            return;
        }
        var transaction = new UASInviteTransaction(_core.Transport, invite, null, noCDR: true);
        var isLate = string.IsNullOrEmpty(invite.Body);
        SdpOutcome outcome;
        lock (Session.MediaGate)
            outcome = isLate ? new SdpOutcome(Session.Media.CreateOffer(_direction)) : Session.Media.AcceptOffer(invite.Body);
        if (!outcome.IsAccepted)
        {
            _core.Refuse(transaction, outcome.StatusCode is >= 400 and < 700 ? outcome.StatusCode : 488);
            return;
        }
        RefreshTarget(invite.Header);
        if (isLate)
            transaction.OnAckReceived += (_, _, _, ack) => TakeLateAnswer(ack.Body);
        _core.Send(transaction, transaction.GetOkResponse(Capabilities.SdpType, outcome.Sdp));
    }

    private Task<System.Net.Sockets.SocketError> TakeLateAnswer(string? sdp)
    {
        lock (Session.MediaGate)
            if (sdp is null || !Session.Media.AcceptAnswer(sdp).IsAccepted)
                Session.Media.RollBack();
        return Task.FromResult(System.Net.Sockets.SocketError.Success);
    }

    /// <summary>The library answers no UPDATE on a shared transport.</summary>
    private void OnUpdate(SIPRequest update)
    {
        string? answer = null;
        if (!string.IsNullOrEmpty(update.Body))
        {
            if (_isOffering)
            {
                _core.Respond(update, 491);
                return;
            }
            SdpOutcome outcome;
            lock (Session.MediaGate)
                outcome = Session.Media.AcceptOffer(update.Body);
            if (!outcome.IsAccepted)
            {
                _core.Respond(update, outcome.StatusCode is >= 400 and < 700 ? outcome.StatusCode : 488);
                return;
            }
            answer = outcome.Sdp;
        }
        RefreshTarget(update.Header);
        _core.Respond(update, 200, describe: response =>
        {
            response.Header.Contact = SorceryCore.Contact(_core.Options.User);
            if (answer is not null)
                (response.Body, response.Header.ContentType) = (answer, Capabilities.SdpType);
        });
    }

    private void OnInfo(SIPRequest info)
    {
        if (info.BodyBuffer is not { Length: > 0 } body)
            _core.Respond(info, 200);
        else if (!InfoDtmf.IsDtmf((info.Header.ContentType ?? "").Split(';')[0].Trim()))
            _core.Respond(info, 415, describe: response => response.Header.Accept = Capabilities.Accept);
        else if (!InfoDtmf.TryParse(body, out var digit, out var duration))
            _core.Respond(info, 400, "No Key In Body");
        else
        {
            _core.Respond(info, 200);
            Session.OnInfoDtmf(digit, duration);
        }
    }

    private void RefreshTarget(SIPHeader header)
    {
        if (header.Contact is not [{ ContactURI: { } target }, ..])
            return;
        lock (_lock)
            if (Dialogue is { } dialogue)
                dialogue.RemoteTarget = target;
    }
}
