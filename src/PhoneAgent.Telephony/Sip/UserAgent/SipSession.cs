using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transactions;
using PhoneAgent.Telephony.Sip.Transfer;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>
/// A session as the application holds it: the same media for as long as it lasts, and one leg at a time under it.
/// A transfer by the peer puts another leg under it. Public members may be called by any thread; they post to the loop.
/// </summary>
internal sealed class SipSession : ISipSession, ICallLegOwner
{
    private readonly UserAgentCore _core;
    private readonly List<Action<ISipSessionObserver>> _unheard = [];
    private ISipSessionObserver? _observer;
    private CallEnd? _end;
    private TransferIn? _transfer;

    internal SipSession(UserAgentCore core, CallInfo info, ICallMedia media) => (_core, Info, Media) = (core, info, media);

    public CallInfo Info { get; }

    public ICallMedia Media { get; }

    public string LocalUri => Leg!.Dialog.LocalUri.ToString();

    /// <summary>The dialog that carries the session now. On the loop only; set before the session is handed out.</summary>
    internal CallLeg? Leg { get; private set; }

    public void Observe(ISipSessionObserver observer) => _core.Post(() =>
    {
        _observer = observer;
        foreach (var tell in _unheard)
            tell(observer);
        _unheard.Clear();
    });

    public Task EndAsync(CallEnd end, CancellationToken cancellationToken) =>
        _core.AskAsync<bool>(done => EndNow(end, () => done(true)), whenClosed: true, cancellationToken);

    public Task<bool> OfferAsync(MediaDirection direction, CancellationToken cancellationToken) =>
        _core.AskAsync<bool>(done => Leg!.Offer(direction, accepted => done(accepted)), whenClosed: false, cancellationToken);

    public Task<TransferResult> ReferAsync(
        string target, ISipSession? consultation, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
    {
        RequestHeaders.Check(headers, nameof(headers));
        return _core.AskAsync<TransferResult>(
            done => ReferNow(target, consultation as SipSession, headers, result => done(result)),
            whenClosed: new TransferResult(false, null, "the line is closed"), cancellationToken);
    }

    /// <summary>Puts a leg under the session. The one before it is ended.</summary>
    internal void Attach(CallLeg leg, string? movedTo)
    {
        var before = Leg;
        Leg = leg;
        leg.Owner = this;
        if (movedTo is not null)
            Tell(observer => observer.OnRedirected(movedTo));
        before?.End(new CallEnd(CallEndCause.Transferred, EndedBy.Caller));
    }

    internal void EndNow(CallEnd end, Action? onDone)
    {
        _transfer?.Abandon();
        // A transferor that left early had left the session to the transfer.
        if (Leg is { IsOver: true })
            Close(end);
        if (Leg is null)
            onDone?.Invoke();
        else
            Leg.End(end, onDone);
    }

    void ICallLegOwner.OnInfoDtmf(char digit, TimeSpan duration) => Tell(observer => observer.OnInfoDtmf(digit, duration));

    void ICallLegOwner.OnRefer(CallLeg leg, SipServerTransaction transaction, SipRequest request)
    {
        if (!_core.Options.Transfer.AcceptRefer || _core.IsDraining)
        {
            CallLeg.Refuse(transaction, 603);
            return;
        }
        if (_transfer is { IsRunning: true } || leg != Leg)
        {
            CallLeg.Refuse(transaction, 491);
            return;
        }
        _transfer = TransferIn.Begin(_core, this, leg, transaction, request);
    }

    void ICallLegOwner.OnEnded(CallLeg leg, CallEnd end)
    {
        // A leg that was replaced is nobody's end. A transferor that leaves early leaves the session to the transfer.
        if (leg != Leg || (_transfer is { IsRunning: true } && end is { Cause: CallEndCause.HungUp, By: EndedBy.Caller }))
            return;
        Close(end);
    }

    /// <summary>The transfer failed after its transferor had left: nobody is there any more.</summary>
    internal void OnTransferFailed()
    {
        if (Leg is { IsOver: true })
            Close(new CallEnd(CallEndCause.HungUp, EndedBy.Caller));
    }

    private void ReferNow(string target, SipSession? consultation, IReadOnlyDictionary<string, string> headers, Action<TransferResult> onDone)
    {
        if (Leg is not { } leg)
        {
            onDone(new TransferResult(false, null, "the call is over"));
            return;
        }
        var consulted = consultation?.Leg?.Dialog;
        if (_core.Targets.ReferTo(target, leg.Account, consulted) is not { } referTo)
        {
            onDone(new TransferResult(false, null, $"'{target}' is neither a SIP URI nor a number that an account's domain completes"));
            return;
        }
        if (consulted is not null)
        {
            // Its call has a permit of its own.
            leg.Refer(referTo, headers, onDone);
            return;
        }
        if (_core.Gate.TryEnter(referTo.Uri.ToString(), TargetChosenBy.Us, out var refusal) is not { } permit)
        {
            onDone(new TransferResult(false, null, refusal));
            return;
        }
        leg.Refer(referTo, headers, result =>
        {
            permit.Dispose();
            onDone(result);
        });
    }

    /// <summary>A REFER that leads where no call may go was refused.</summary>
    internal void OnReferRefused(string target, string reason) => Tell(observer => observer.OnRedirectionRefused(target, reason));

    private void Close(CallEnd end)
    {
        if (_end is not null)
            return;
        _end = end;
        _transfer?.Abandon();
        _core.OnSessionEnded(this);
        Tell(observer => observer.OnEnded(end));
    }

    private void Tell(Action<ISipSessionObserver> tell)
    {
        if (_observer is { } observer)
            tell(observer);
        else if (_unheard.Count < 64 || _end is not null)
            _unheard.Add(tell);
    }
}
