using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.UserAgent;
using SIPSorcery.SIP;
using SIPSorcery.SIP.App;

namespace PhoneAgent.Telephony.SipSorcery;

/// <summary>
/// A session as the application holds it: the same media for as long as it lasts, and one dialog at a time under it. Thread-safe.
/// </summary>
internal sealed class SorcerySession(SorceryCore core, CallInfo info, ICallMedia media) : ISipSession
{
    private readonly Lock _lock = new();
    private readonly List<Action<ISipSessionObserver>> _unheard = [];
    private ISipSessionObserver? _observer;
    private SorceryLeg? _leg;
    private SorceryTransferIn? _transfer;
    private bool _isOver;

    public CallInfo Info { get; } = info;

    public ICallMedia Media { get; } = media;

    /// <summary>Held by whoever speaks to <see cref="Media"/>.</summary>
    internal Lock MediaGate { get; } = new();

    public string LocalUri => Leg?.LocalUri ?? "sip:" + core.Options.User;

    internal SorceryLeg? Leg
    {
        get
        {
            lock (_lock)
                return _leg;
        }
    }

    public void Observe(ISipSessionObserver observer)
    {
        lock (_lock)
        {
            _observer = observer;
            foreach (var tell in _unheard)
                tell(observer);
            _unheard.Clear();
        }
    }

    public async Task EndAsync(CallEnd end, CancellationToken cancellationToken)
    {
        if (Leg is not { } leg)
            return;
        var ending = leg.EndAsync(end);
        // A transferor that left early had left the session to the transfer.
        Close(end);
        await ending.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public Task<bool> OfferAsync(MediaDirection direction, CancellationToken cancellationToken) =>
        Leg is { } leg ? leg.OfferAsync(direction).WaitAsync(cancellationToken) : Task.FromResult(false);

    public Task<TransferResult> ReferAsync(
        string target, ISipSession? consultation, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
    {
        RequestHeaders.Check(headers, nameof(headers));
        return Leg is not { } leg
            ? Task.FromResult(new TransferResult(false, null, "the call is over"))
            : leg.ReferAsync(target, (consultation as SorcerySession)?.Leg, headers).WaitAsync(cancellationToken);
    }

    /// <summary>Answers an INVITE with this session's media. False: it was refused or given up, and nothing has changed.</summary>
    internal async Task<bool> AnswerAsync(SIPUserAgent userAgent, SIPServerUserAgent server, string? movedTo)
    {
        var mediaSession = new OurMediaSession(Media, MediaGate);
        var invite = server.ClientTransaction.TransactionRequest;
        var leg = new SorceryLeg(core, this, userAgent, server, Leg?.Account);
        core.Register(invite.Header.CallId, server.ClientTransaction.LocalTag, leg);
        if (movedTo is null)
            Attach(leg, null);
        try
        {
            if (string.IsNullOrEmpty(invite.Body) || mediaSession.TryTakeOffer(invite.Body))
            {
                var answering = userAgent.Answer(server, mediaSession);
                leg.ExpectAck(server.ClientTransaction);
                SorceryWake.Up(core.Transport);
                if (await answering.ConfigureAwait(false))
                {
                    if (movedTo is not null)
                        Attach(leg, movedTo);
                    return true;
                }
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            SorceryLog.NotAnswered(core.Log, Info.Id, e);
        }
        // BYE where the ACK came without an answer that we can use: the library says nothing then.
        _ = leg.EndAsync(new CallEnd(CallEndCause.NotAcceptable, EndedBy.Agent, 488, mediaSession.Refusal?.Failure));
        if (!server.IsUASAnswered)
            core.Refuse(server.ClientTransaction, mediaSession.Refusal?.StatusCode is >= 400 and < 700 and var status ? status : 488);
        return false;
    }

    /// <summary>An INVITE with Replaces takes over (RFC 3891).</summary>
    internal void ReplaceWith(SIPRequest invite)
    {
        var userAgent = SorceryLeg.Detached(core);
        invite.Header.SupportedExtensions.Remove(SIPExtensions.Prack);
        _ = AnswerAsync(userAgent, userAgent.AcceptCall(invite), invite.Header.From.FromURI.ToString());
    }

    /// <summary>Puts a dialog under the session. The one before it is ended.</summary>
    internal void Attach(SorceryLeg leg, string? movedTo)
    {
        SorceryLeg? before;
        bool isOver;
        lock (_lock)
            (before, _leg, isOver) = (_leg, leg, _isOver);
        if (isOver)
        {
            _ = leg.EndAsync(new CallEnd(CallEndCause.Cancelled, EndedBy.Agent));
            return;
        }
        core.Add(this);
        if (movedTo is not null)
            Tell(observer => observer.OnRedirected(movedTo));
        if (before is not null && before != leg)
            _ = before.EndAsync(new CallEnd(CallEndCause.Transferred, EndedBy.Caller));
    }

    /// <summary>A REFER that leads where no call may go was refused.</summary>
    internal void OnReferRefused(string target, string reason) => Tell(observer => observer.OnRedirectionRefused(target, reason));

    internal void OnInfoDtmf(char digit, TimeSpan duration) => Tell(observer => observer.OnInfoDtmf(digit, duration));

    internal void OnRefer(SorceryLeg leg, SIPRequest refer)
    {
        if (!core.Options.Transfer.AcceptRefer || core.IsDraining)
            core.Respond(refer, 603);
        else if (leg != Leg || _transfer is { IsRunning: true })
            core.Respond(refer, 491);
        else
            _transfer = SorceryTransferIn.Begin(core, this, leg, refer);
    }

    internal void OnEnded(SorceryLeg leg, CallEnd end)
    {
        // A dialog that was replaced is nobody's end. A transferor that leaves early leaves the session to the transfer.
        if (leg == Leg && !(_transfer is { IsRunning: true } && end is { Cause: CallEndCause.HungUp, By: EndedBy.Caller }))
            Close(end);
    }

    /// <summary>The transfer failed after its transferor had left, or its target has left already: nobody is there any more.</summary>
    internal void OnTransferDone()
    {
        if (Leg is { IsOver: true })
            Close(new CallEnd(CallEndCause.HungUp, EndedBy.Caller));
    }

    private void Close(CallEnd end)
    {
        lock (_lock)
        {
            if (_isOver)
                return;
            _isOver = true;
        }
        _transfer?.Abandon();
        core.Remove(this);
        core.EndCall();
        Tell(observer => observer.OnEnded(end));
        // A transfer may have been answered meanwhile.
        _ = Leg?.EndAsync(end);
    }

    private void Tell(Action<ISipSessionObserver> tell)
    {
        lock (_lock)
        {
            if (_observer is { } observer)
                tell(observer);
            else if (_unheard.Count < 64 || _isOver)
                _unheard.Add(tell);
        }
    }
}
