using System.Globalization;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transactions;
using PhoneAgent.Telephony.Sip.Transfer;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>Requests of the peer inside the dialog.</summary>
internal sealed partial class CallLeg
{
    private bool _isReinviteAnswer;
    private Action<bool>? _onLateAnswer;

    /// <summary>A request whose Call-ID and tags are this dialog's. CSeq, Require and body type are checked here.</summary>
    public void OnRequest(SipServerTransaction transaction, SipRequest request)
    {
        if (!Dialog.TakeSequence(request.CSeq.Sequence))
        {
            Refuse(transaction, 500, "CSeq Out Of Order");
            return;
        }
        if (_isOver && request.Method != SipMethods.Bye)
        {
            // Notifications of a transfer may come after the end (RFC 3515 §2.4.4 leaves the order open).
            Refuse(transaction, request.Method == SipMethods.Notify ? 200 : 481);
            return;
        }
        switch (request.Method)
        {
            case SipMethods.Bye:
                OnBye(transaction, request);
                break;
            case SipMethods.Invite:
                OnReinvite(transaction, request);
                break;
            case SipMethods.Update:
                OnUpdate(transaction, request);
                break;
            case SipMethods.Info:
                OnInfo(transaction, request);
                break;
            case SipMethods.Options:
                var options = transaction.CreateResponse(200);
                Capabilities.Describe(options);
                options.Headers.Set(SipHeaderNames.Accept, Capabilities.Accept);
                transaction.Respond(options);
                break;
            case SipMethods.Notify:
                OnNotify(transaction, request);
                break;
            case SipMethods.Refer:
                Owner.OnRefer(this, transaction, request);
                break;
            default:
                // PRACK without a reliable response of ours, and what we do not know.
                Refuse(transaction, 481);
                break;
        }
    }

    /// <summary>
    /// Answers the INVITE that made this dialog with 2xx, or refuses it for its session description.
    /// </summary>
    /// <param name="onAnswered">Hears true when media is agreed: at once, or with the ACK to an offer of ours.</param>
    internal void AnswerInvite(SipServerTransaction transaction, SipRequest invite, Action<bool> onAnswered)
    {
        Confirm(invite);
        if (!TryAnswer(transaction, invite, out var isLate))
        {
            Lose(new CallEnd(CallEndCause.NotAcceptable, EndedBy.Agent, 488));
            onAnswered(false);
        }
        else if (isLate)
            _onLateAnswer = onAnswered;
        else
            onAnswered(true);
    }

    private void OnReinvite(SipServerTransaction transaction, SipRequest invite)
    {
        if (HasOpenOffer)
        {
            Refuse(transaction, 491);
            return;
        }
        if (!IsConfirmed)
        {
            RefuseOverlap(transaction);
            return;
        }
        if (RefuseShortInterval(transaction, invite))
            return;
        // A new INVITE says that the 2xx before it has arrived, even if the ACK has not.
        _answer?.Stop();
        _answer = null;
        _isReinviteAnswer = true;
        if (TryAnswer(transaction, invite, out _))
            Dialog.RefreshTarget(invite);
    }

    /// <summary>Answers an offer with 200, or an INVITE without one with 200 and an offer. False: refused with 488 or the like.</summary>
    private bool TryAnswer(SipServerTransaction transaction, SipRequest invite, out bool isLate)
    {
        isLate = !Capabilities.TryGetSdp(invite, out var offer);
        var outcome = isLate ? new SdpOutcome(Media.CreateOffer(_direction)) : Media.AcceptOffer(offer!);
        if (!outcome.IsAccepted)
        {
            RefuseSdp(transaction, outcome);
            return false;
        }
        var response = Success(transaction);
        response.SetBody(Capabilities.SdpType, outcome.Sdp ?? "");
        AnswerSessionTimer(invite, response);
        _answer = new UnacknowledgedAnswer(_signalling, transaction, response, offered: isLate, OnNoAck);
        if (!isLate)
            Media.Start();
        return true;
    }

    private void OnUpdate(SipServerTransaction transaction, SipRequest update)
    {
        if (RefuseShortInterval(transaction, update))
            return;
        var response = Success(transaction);
        if (Capabilities.TryGetSdp(update, out var offer))
        {
            if (HasOpenOffer)
            {
                Refuse(transaction, 491);
                return;
            }
            if (!IsConfirmed && !IsCaller)
            {
                // Its INVITE's offer is not answered yet (RFC 3311 §5.2).
                RefuseOverlap(transaction);
                return;
            }
            var outcome = Media.AcceptOffer(offer);
            if (!outcome.IsAccepted)
            {
                RefuseSdp(transaction, outcome);
                return;
            }
            response.SetBody(Capabilities.SdpType, outcome.Sdp ?? "");
        }
        Dialog.RefreshTarget(update);
        if (IsConfirmed)
            AnswerSessionTimer(update, response);
        transaction.Respond(response);
    }

    private void OnInfo(SipServerTransaction transaction, SipRequest info)
    {
        if (info.Body.IsEmpty)
        {
            Refuse(transaction, 200);
            return;
        }
        if (info.ContentType is not { } type || !InfoDtmf.IsDtmf(type.Value))
        {
            RefuseBody(transaction);
            return;
        }
        if (!InfoDtmf.TryParse(info.Body.Span, out var digit, out var duration))
        {
            Refuse(transaction, 400, "No Key In Body");
            return;
        }
        Refuse(transaction, 200);
        if (IsConfirmed)
            Owner.OnInfoDtmf(digit, duration);
    }

    private void OnBye(SipServerTransaction transaction, SipRequest bye)
    {
        transaction.Respond(transaction.CreateResponse(200));
        if (_isOver)
        {
            // Both hung up at once; or the peer answers our wait for its ACK with BYE.
            _byeWhenAcknowledged = null;
            _answer?.Stop();
            _answer = null;
            _signalling.Unregister(Dialog.Id, this);
            Interlocked.Exchange(ref _onByeDone, null)?.Invoke();
            return;
        }
        var (status, text) = ByeReason.Read(bye);
        var transferred = EndsReferral;
        Interlocked.Exchange(ref _onLateAnswer, null)?.Invoke(false);
        Lose(new CallEnd(transferred ? CallEndCause.Transferred : CallEndCause.HungUp, EndedBy.Caller, status, text));
    }

    private SipResponse Success(SipServerTransaction transaction)
    {
        var response = transaction.CreateResponse(200);
        response.Headers.Set(SipHeaderNames.Contact, _contact);
        Capabilities.Describe(response);
        return response;
    }

    private bool RefuseShortInterval(SipServerTransaction transaction, SipRequest request)
    {
        if (TooSmallInterval(request, _signalling.Options.Timers) is not { } minimum)
            return false;
        var response = transaction.CreateResponse(422);
        response.Headers.Set(SipHeaderNames.MinSE, minimum.ToString(CultureInfo.InvariantCulture));
        transaction.Respond(response);
        return true;
    }

    private void RefuseOverlap(SipServerTransaction transaction)
    {
        var response = transaction.CreateResponse(500);
        response.Headers.Set(SipHeaderNames.RetryAfter, _signalling.Random.Next(0, 11).ToString(CultureInfo.InvariantCulture));
        transaction.Respond(response);
    }

    internal static void RefuseSdp(SipServerTransaction transaction, SdpOutcome outcome)
    {
        var response = transaction.CreateResponse(outcome.StatusCode is >= 400 and < 700 ? outcome.StatusCode : 488);
        response.Headers.Set(SipHeaderNames.Warning, SipWarning.Media(outcome.Failure ?? "not acceptable"));
        transaction.Respond(response);
    }

    internal static void RefuseBody(SipServerTransaction transaction)
    {
        var response = transaction.CreateResponse(415);
        response.Headers.Set(SipHeaderNames.Accept, Capabilities.Accept);
        transaction.Respond(response);
    }

    internal static void Refuse(SipServerTransaction transaction, int statusCode, string? reason = null) =>
        transaction.Respond(transaction.CreateResponse(statusCode, reason));
}
