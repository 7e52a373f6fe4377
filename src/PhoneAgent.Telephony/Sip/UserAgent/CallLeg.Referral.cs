using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transactions;
using PhoneAgent.Telephony.Sip.Transfer;
using PhoneAgent.Telephony.Sip.Transport;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>Transfers by us: REFER out, NOTIFY in (RFC 3515, RFC 5589). One at a time.</summary>
internal sealed partial class CallLeg
{
    private Referral? _referral;
    private Action? _whenAcknowledged;

    /// <summary>An accepted transfer that the peer ends with BYE went well unless it said otherwise.</summary>
    private bool EndsReferral => _referral is { IsAccepted: true };

    /// <summary>Asks the peer to call <paramref name="referTo"/> instead. On success the leg is ended with BYE before the result is told.</summary>
    internal void Refer(SipNameAddress referTo, IReadOnlyDictionary<string, string> headers, Action<TransferResult> onDone)
    {
        if (_isOver || _referral is not null)
        {
            onDone(new TransferResult(false, null, _isOver ? "the call is over" : "another transfer is under way"));
            return;
        }
        if (_answer is not null && !_isReinviteAnswer)
        {
            // Not before the ACK: the peer may not yet take requests of the dialog.
            _whenAcknowledged += () => Refer(referTo, headers, onDone);
            return;
        }
        var refer = NewRequest(SipMethods.Refer);
        refer.Headers.Add(SipHeaderNames.ReferTo, referTo.ToString());
        RequestHeaders.AddTo(refer, headers);
        if (!refer.Headers.Contains(SipHeaderNames.ReferredBy))
            refer.Headers.Add(SipHeaderNames.ReferredBy, $"<{refer.From.Uri}>");
        var referral = _referral = new Referral(onDone);
        referral.Timeout = _signalling.After(TimeSpan.FromSeconds(_signalling.Options.Transfer.TimeoutSeconds), () => OnReferralTimeout(referral));
        Send(refer, response => OnReferResponse(referral, response));
    }

    private void OnReferResponse(Referral referral, SipResponse response)
    {
        if (response.IsProvisional || !ReferenceEquals(_referral, referral))
            return;
        if (response.IsSuccess)
        {
            referral.IsAccepted = true;
            return;
        }
        FinishReferral(new TransferResult(false, response.StatusCode, response.ReasonPhrase) { IsRefused = true });
        LostBy(response);
    }

    private void OnNotify(SipServerTransaction transaction, SipRequest notify)
    {
        if (notify.Event is not { } package || !package.Is("refer"))
        {
            var bad = transaction.CreateResponse(489);
            bad.Headers.Set(SipHeaderNames.AllowEvents, "refer");
            transaction.Respond(bad);
            return;
        }
        if (_referral is not { } referral)
        {
            Refuse(transaction, 481);
            return;
        }
        if (!notify.Body.IsEmpty && (notify.ContentType is not { } type || !type.Is(SipFrag.ContentType)))
        {
            RefuseBody(transaction);
            return;
        }
        transaction.Respond(transaction.CreateResponse(200));
        // A NOTIFY may overtake the 202 (RFC 3515 §2.4.4); it accepts as well.
        referral.IsAccepted = true;
        if (SipFrag.TryParse(notify.Body.Span, out var frag))
            referral.Last = frag;
        if (referral.Last is { IsFinal: true } final)
            ConcludeReferral(new TransferResult(final.IsSuccess, final.StatusCode, final.Reason));
        else if (notify.SubscriptionState is { } state && state.Is("terminated"))
            ConcludeReferral(new TransferResult(false, referral.Last?.StatusCode, "the peer stopped reporting before the end"));
    }

    private void OnReferralTimeout(Referral referral)
    {
        if (!ReferenceEquals(_referral, referral))
            return;
        // Accepted and then silent: many peers never notify. The transfer is theirs now.
        ConcludeReferral(referral.IsAccepted
            ? new TransferResult(true, referral.Last?.StatusCode ?? 202, "no final NOTIFY in time")
            : new TransferResult(false, 408, "no answer to REFER") { IsRefused = true });
    }

    private void ConcludeReferral(TransferResult result)
    {
        if (result.Success)
        {
            var referral = _referral!;
            _referral = null;
            referral.Timeout?.Cancel();
            End(new CallEnd(CallEndCause.Transferred, EndedBy.Agent), () => referral.OnDone(result));
        }
        else
            FinishReferral(result);
    }

    private void FinishReferral(TransferResult result)
    {
        if (_referral is not { } referral)
            return;
        _referral = null;
        referral.Timeout?.Cancel();
        referral.OnDone(result);
    }

    /// <summary>The leg ends while a transfer is under way.</summary>
    private void FailReferral(CallEnd end)
    {
        if (_referral is { } referral)
            FinishReferral(end.Cause == CallEndCause.Transferred
                ? new TransferResult(true, referral.Last?.StatusCode ?? 202, "the peer hung up during the transfer")
                : new TransferResult(false, referral.Last?.StatusCode, "the call ended during the transfer"));
    }

    private sealed class Referral(Action<TransferResult> onDone)
    {
        internal Action<TransferResult> OnDone { get; } = onDone;
        internal bool IsAccepted { get; set; }
        internal SipFrag? Last { get; set; }
        internal SipTimer? Timeout { get; set; }
    }
}
