using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transactions;
using PhoneAgent.Telephony.Sip.Transport;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>An INVITE that rings here: 180, CANCEL, PRACK, and the answer or refusal in the end (RFC 3261 §13.3).</summary>
internal sealed class InboundInvite : ISipIncomingCall, IDialogUser
{
    private readonly UserAgentCore _core;
    private readonly SipServerTransaction _transaction;
    private readonly SipRequest _invite;
    private readonly Dialog _dialog;
    private readonly LocalSide _local;
    private readonly string _contact;
    private ReliableProvisional? _reliable;
    private SipTimer? _ringing;
    private SipTimer? _mustRing;
    private Action<SipSession?>? _accepting;
    private bool _isOver;

    internal InboundInvite(UserAgentCore core, SipServerTransaction transaction, SipRequest invite, Dialog dialog, LocalSide local, CallInfo info)
    {
        (_core, _transaction, _invite, _dialog, _local, Info) = (core, transaction, invite, dialog, local, info);
        _contact = local.Contact(invite.RequestUri.User ?? core.Options.User);
    }

    public CallInfo Info { get; }

    internal SipServerTransaction Transaction => _transaction;

    /// <summary>Rings, and gives the application so long to answer.</summary>
    internal void Ring()
    {
        _core.Register(_dialog.Id, this);
        _ringing = _core.After(TimeSpan.FromSeconds(_core.Options.Inbound.RingSeconds), () => Refuse(480));
        if (_core.Options.Inbound.AnswerAfterMilliseconds is > 0 and var milliseconds)
            _mustRing = _core.After(TimeSpan.FromMilliseconds(milliseconds), OnRungLongEnough);
        var isReliable = _invite.Requires(Capabilities.Reliable);
        // Without an offer the first reliable response would have to carry ours (RFC 3262 §5); the 200 does that.
        if (isReliable && _invite.Body.IsEmpty)
            return;
        var ringing = _transaction.CreateResponse(180);
        ringing.Headers.Set(SipHeaderNames.Contact, _contact);
        Capabilities.Describe(ringing);
        if (isReliable)
            _reliable = new ReliableProvisional(_core, _transaction, ringing, () => Refuse(504));
        else
            _transaction.Respond(ringing);
    }

    public Task<ISipSession?> AcceptAsync(CancellationToken cancellationToken) => _core.AskAsync<ISipSession?>(
        done => Accept(session =>
        {
            if (!done(session) && session is not null)
                _core.Discard(session);
        }),
        whenClosed: null, cancellationToken);

    public Task RefuseAsync(int statusCode, CancellationToken cancellationToken) => _core.AskAsync<bool>(
        done =>
        {
            Refuse(statusCode);
            done(true);
        },
        whenClosed: true, cancellationToken);

    internal void OnCancel(SipRequest cancel) => Refuse(487);

    internal void Refuse(int statusCode, string? reason = null)
    {
        if (_isOver)
            return;
        Finish();
        _core.Unregister(_dialog.Id, this);
        var response = _transaction.CreateResponse(statusCode, reason);
        if (statusCode == 503)
            _core.AddRetryAfter(response);
        _transaction.Respond(response);
    }

    public void OnAck(SipRequest ack)
    {
        // Only a 2xx is acknowledged in the dialog, and then a leg has taken our place.
    }

    public void OnRequest(SipServerTransaction transaction, SipRequest request)
    {
        if (!_dialog.TakeSequence(request.CSeq.Sequence))
        {
            CallLeg.Refuse(transaction, 500, "CSeq Out Of Order");
            return;
        }
        switch (request.Method)
        {
            case SipMethods.Prack:
                CallLeg.Refuse(transaction, _reliable is { } reliable && reliable.Take(request.RAck) ? 200 : 481);
                break;
            case SipMethods.Bye:
                CallLeg.Refuse(transaction, 200);
                Refuse(487);
                break;
            case SipMethods.Invite:
            case SipMethods.Update when !request.Body.IsEmpty:
                // The offer before it has no answer yet (RFC 3261 §14.2, RFC 3311 §5.2).
                var busy = transaction.CreateResponse(500);
                busy.Headers.Set(SipHeaderNames.RetryAfter, $"{_core.Random.Next(0, 11)}");
                transaction.Respond(busy);
                break;
            case SipMethods.Update:
                var updated = transaction.CreateResponse(200);
                updated.Headers.Set(SipHeaderNames.Contact, _contact);
                _dialog.RefreshTarget(request);
                transaction.Respond(updated);
                break;
            case SipMethods.Options or SipMethods.Info:
                CallLeg.Refuse(transaction, 200);
                break;
            default:
                CallLeg.Refuse(transaction, 481);
                break;
        }
    }

    private void Accept(Action<SipSession?> onDone)
    {
        if (_isOver)
        {
            onDone(null);
            return;
        }
        if (_mustRing is not null)
        {
            _accepting = onDone;
            return;
        }
        ICallMedia media;
        try
        {
            media = _core.Media.Create(Info.Id, _local.MediaAddress, _local.AdvertisedAddress);
        }
        catch (PhoneLineException e)
        {
            _core.LogNoMedia(Info.Id, e);
            Refuse(503);
            onDone(null);
            return;
        }
        Finish();
        var session = new SipSession(_core, Info, media);
        var leg = new CallLeg(_core, _dialog, media, _contact, _transaction.Source, account: null, session);
        _core.OnSessionBegun(session);
        session.Attach(leg, movedTo: null);
        leg.AnswerInvite(_transaction, _invite, agreed =>
        {
            if (!agreed)
                _core.DisposeInBackground(media);
            onDone(agreed ? session : null);
        });
    }

    private void OnRungLongEnough()
    {
        _mustRing = null;
        if (Interlocked.Exchange(ref _accepting, null) is { } onDone)
            Accept(onDone);
    }

    private void Finish()
    {
        _isOver = true;
        _ringing?.Cancel();
        _mustRing?.Cancel();
        _reliable?.Stop();
        _core.OnInviteEnded(this);
        Interlocked.Exchange(ref _accepting, null)?.Invoke(null);
    }
}
