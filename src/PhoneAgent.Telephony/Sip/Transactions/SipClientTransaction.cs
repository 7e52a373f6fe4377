using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transport;

namespace PhoneAgent.Telephony.Sip.Transactions;

/// <summary>A client transaction (RFC 3261 §17.1). Lives on the <see cref="SipLoop"/>; use it there only.</summary>
public sealed class SipClientTransaction
{
    private readonly SipTransactionLayer _layer;
    private readonly Action<SipClientResult> _onResult;
    private readonly SipTransitionTable _table;
    // One at a time each: retransmission (A, E) and end of state (B, D, F, K, M).
    private SipTimer? _retransmit, _end;
    private TimeSpan _interval;
    private SipRequest? _ack;
    private bool _cancelWanted, _cancelSent;
    private string? _cancelReason;
    private SipResponse? _response;
    private string _failure = "";

    internal SipClientTransaction(
        SipTransactionLayer layer, SipRequest request, SipDestination destination, Action<SipClientResult> onResult)
    {
        (_layer, Request, Destination, _onResult) = (layer, request, destination, onResult);
        _table = request.IsInvite ? SipTransitionTables.InviteClient : SipTransitionTables.NonInviteClient;
        State = request.IsInvite ? SipTransactionState.Calling : SipTransactionState.Trying;
    }

    /// <summary>As sent, with its Via.</summary>
    public SipRequest Request { get; }
    public SipDestination Destination { get; }
    public SipTransactionState State { get; private set; }
    public bool IsTerminated => State == SipTransactionState.Terminated;

    private bool IsReliable => Destination.Transport.IsReliable();

    /// <summary>
    /// Asks to end an INVITE that has no final response (RFC 3261 §9.1). CANCEL goes out once a provisional response is there.
    /// The result still comes: usually a 487, possibly a 2xx that was quicker, or a time-out 64*T1 after the CANCEL.
    /// </summary>
    /// <param name="reason">A Reason header (RFC 3326), such as <c>SIP;cause=200;text="Call completed elsewhere"</c>.</param>
    public void Cancel(string? reason = null)
    {
        if (!Request.IsInvite || _cancelWanted)
            return;
        (_cancelWanted, _cancelReason) = (true, reason);
        if (State == SipTransactionState.Proceeding)
            SendCancel();
    }

    internal void Begin()
    {
        _interval = _layer.Timers.T1;
        Transmit(Request);
        if (!IsReliable)
            StartRetransmit(Request.IsInvite ? SipTransactionEvent.TimerA : SipTransactionEvent.TimerE, _interval);
        StartEnd(Request.IsInvite ? SipTransactionEvent.TimerB : SipTransactionEvent.TimerF, _layer.Timers.Timeout);
    }

    internal void OnResponse(SipResponse response)
    {
        _response = response;
        Handle(response.IsProvisional ? SipTransactionEvent.Provisional
            : response.IsSuccess ? SipTransactionEvent.Success : SipTransactionEvent.Failure);
        if (_cancelWanted && State == SipTransactionState.Proceeding)
            SendCancel();
    }

    private void Handle(SipTransactionEvent on)
    {
        if (_table.Find(State, on) is not { } transition)
            return;
        State = transition.To;
        SipTransactionActions actions = transition.Actions;
        if (actions.HasFlag(SipTransactionActions.StopTimers) || IsTerminated)
            StopTimers();
        if (actions.HasFlag(SipTransactionActions.Retransmit))
            Transmit(Request);
        if (actions.HasFlag(SipTransactionActions.SendAck))
            Transmit(_ack ??= SipDerivedRequests.Ack(Request, _response!));
        StartTimers(actions);
        if (IsTerminated)
            _layer.Remove(this);
        Inform(actions);
    }

    private void StartTimers(SipTransactionActions actions)
    {
        SipTimerOptions timers = _layer.Timers;
        if (actions.HasFlag(SipTransactionActions.StartA))
            StartRetransmit(SipTransactionEvent.TimerA, _interval *= 2);
        if (actions.HasFlag(SipTransactionActions.StartE))
            StartRetransmit(SipTransactionEvent.TimerE, _interval = Min(_interval * 2, timers.T2));
        if (actions.HasFlag(SipTransactionActions.StartESlow))
            StartRetransmit(SipTransactionEvent.TimerE, _interval = timers.T2);
        if (actions.HasFlag(SipTransactionActions.StartD))
            StartEnd(SipTransactionEvent.TimerD, IsReliable ? TimeSpan.Zero : timers.D);
        if (actions.HasFlag(SipTransactionActions.StartK))
            StartEnd(SipTransactionEvent.TimerK, IsReliable ? TimeSpan.Zero : timers.T4);
        if (actions.HasFlag(SipTransactionActions.StartM))
            StartEnd(SipTransactionEvent.TimerM, timers.Timeout);
    }

    private void Inform(SipTransactionActions actions)
    {
        if (actions.HasFlag(SipTransactionActions.Deliver))
            _onResult(new SipClientResult(_response!.IsProvisional ? SipClientOutcome.Provisional : SipClientOutcome.Final, _response));
        if (actions.HasFlag(SipTransactionActions.InformTimeout))
            _onResult(new SipClientResult(SipClientOutcome.Timeout, null, $"No answer to {Request.Method} from {Destination}"));
        if (actions.HasFlag(SipTransactionActions.InformTransportFailure))
            _onResult(new SipClientResult(SipClientOutcome.TransportFailure, null, _failure));
    }

    private void SendCancel()
    {
        if (_cancelSent)
            return;
        _cancelSent = true;
        SipRequest cancel = SipDerivedRequests.Cancel(Request, _cancelReason);
        _layer.SendDerived(cancel, Destination, static _ => { });
        StartEnd(SipTransactionEvent.CancelTimeout, _layer.Timers.Timeout);
    }

    private void Transmit(SipRequest request) => _layer.Transport.Send(request, Destination, failure =>
    {
        _failure = failure.Detail;
        Handle(SipTransactionEvent.TransportFailure);
    });

    private void StartRetransmit(SipTransactionEvent on, TimeSpan due)
    {
        _retransmit?.Cancel();
        _retransmit = _layer.Loop.StartTimer(due, () => Handle(on));
    }

    private void StartEnd(SipTransactionEvent on, TimeSpan due)
    {
        _end?.Cancel();
        if (due > TimeSpan.Zero)
            _end = _layer.Loop.StartTimer(due, () => Handle(on));
        else
            Handle(on);
    }

    private void StopTimers()
    {
        _retransmit?.Cancel();
        _end?.Cancel();
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
