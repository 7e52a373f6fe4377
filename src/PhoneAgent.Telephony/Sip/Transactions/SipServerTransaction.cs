using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transport;

namespace PhoneAgent.Telephony.Sip.Transactions;

/// <summary>A server transaction (RFC 3261 §17.2). Lives on the <see cref="SipLoop"/>; use it there only.</summary>
public sealed class SipServerTransaction
{
    private readonly SipTransactionLayer _layer;
    private readonly SipTransitionTable _table;
    private readonly SipDestination _destination;
    // One at a time each: the 100 or a retransmission (G), and the end of the state (H, I, J, L).
    private SipTimer? _retransmit, _end;
    private TimeSpan _interval;
    private SipResponse? _last;
    private SipRequest? _ack;
    private string? _localTag;
    private string _failure = "";

    internal SipServerTransaction(
        SipTransactionLayer layer, SipRequest request, SipSource source, SipServerKey key, SipMergeKey? mergeKey)
    {
        (_layer, Request, Source, Key, MergeKey) = (layer, request, source, key, mergeKey);
        _table = request.IsInvite ? SipTransitionTables.InviteServer : SipTransitionTables.NonInviteServer;
        _destination = SipResponseRouting.DestinationFor(request.TopVia, source);
        State = request.IsInvite ? SipTransactionState.Proceeding : SipTransactionState.Trying;
    }

    public SipRequest Request { get; }
    public SipSource Source { get; }
    public SipTransactionState State { get; private set; }
    public bool IsTerminated => State == SipTransactionState.Terminated;

    /// <summary>A final response was sent.</summary>
    public bool IsAnswered => State is not (SipTransactionState.Trying or SipTransactionState.Proceeding);

    /// <summary>The To tag of all responses to this request: the one it came with, or ours.</summary>
    public string LocalTag
    {
        get => _localTag ??= Request.To.Tag ?? SipIds.NewTag();
        internal set => _localTag = value;
    }

    internal SipServerKey Key { get; }
    internal SipMergeKey? MergeKey { get; }

    /// <summary>A response as <see cref="SipResponse.For"/> makes it, with <see cref="LocalTag"/>.</summary>
    public SipResponse CreateResponse(int statusCode, string? reasonPhrase = null) =>
        SipResponse.For(Request, statusCode, reasonPhrase, LocalTag);

    /// <summary>
    /// Sends a response. False when it no longer fits: after a final response only an INVITE takes more, and only repeated 2xx
    /// (which the user repeats itself until ACK comes, RFC 3261 §13.3.1.4).
    /// </summary>
    public bool Respond(SipResponse response)
    {
        SipTransactionEvent on = response.IsProvisional ? SipTransactionEvent.Provisional
            : response.IsSuccess ? SipTransactionEvent.Success : SipTransactionEvent.Failure;
        if (_table.Find(State, on) is null)
            return false;
        _last = response;
        Handle(on);
        return true;
    }

    /// <summary>Creates and sends in one.</summary>
    public bool Respond(int statusCode, string? reasonPhrase = null) => Respond(CreateResponse(statusCode, reasonPhrase));

    internal void Begin()
    {
        if (Request.IsInvite)
            _retransmit = _layer.Loop.StartTimer(_layer.Timers.Trying, () => Handle(SipTransactionEvent.TimerTrying));
    }

    internal void OnAck(SipRequest ack)
    {
        _ack = ack;
        Handle(SipTransactionEvent.Ack);
    }

    internal void Handle(SipTransactionEvent on)
    {
        if (_table.Find(State, on) is not { } transition)
            return;
        State = transition.To;
        SipTransactionActions actions = transition.Actions;
        if (actions.HasFlag(SipTransactionActions.StopTimers) || IsTerminated)
            StopTimers();
        if (actions.HasFlag(SipTransactionActions.SendTrying))
            _last = SipResponse.For(Request, 100);
        if (_last is not null && (actions & (SipTransactionActions.Send | SipTransactionActions.Resend | SipTransactionActions.SendTrying)) != 0)
            Transmit(_last);
        StartTimers(actions);
        if (IsTerminated)
            _layer.Remove(this);
        Inform(actions);
    }

    private void StartTimers(SipTransactionActions actions)
    {
        SipTimerOptions timers = _layer.Timers;
        bool reliable = Source.Transport.IsReliable();
        if (actions.HasFlag(SipTransactionActions.StartG) && !reliable)
            StartRetransmit(timers);
        if (actions.HasFlag(SipTransactionActions.StartH))
            StartEnd(SipTransactionEvent.TimerH, timers.Timeout);
        if (actions.HasFlag(SipTransactionActions.StartI))
            StartEnd(SipTransactionEvent.TimerI, reliable ? TimeSpan.Zero : timers.T4);
        if (actions.HasFlag(SipTransactionActions.StartJ))
            StartEnd(SipTransactionEvent.TimerJ, reliable ? TimeSpan.Zero : timers.Timeout);
        if (actions.HasFlag(SipTransactionActions.StartL))
            StartEnd(SipTransactionEvent.TimerL, timers.Timeout);
    }

    /// <summary>Timer G: T1, then doubled up to T2.</summary>
    private void StartRetransmit(SipTimerOptions timers)
    {
        _interval = _interval == TimeSpan.Zero ? timers.T1 : _interval * 2;
        if (_interval > timers.T2)
            _interval = timers.T2;
        _retransmit = _layer.Loop.StartTimer(_interval, () => Handle(SipTransactionEvent.TimerG));
    }

    private void StartEnd(SipTransactionEvent on, TimeSpan due)
    {
        if (due > TimeSpan.Zero)
            _end = _layer.Loop.StartTimer(due, () => Handle(on));
        else
            Handle(on);
    }

    private void Inform(SipTransactionActions actions)
    {
        if (actions.HasFlag(SipTransactionActions.DeliverAck))
            _layer.User?.OnAck(_ack!, Source);
        if (actions.HasFlag(SipTransactionActions.InformTimeout))
            _layer.User?.OnServerFailure(this, SipServerFailure.AckTimeout, $"{Source} never acknowledged {_last!.StatusCode}");
        if (actions.HasFlag(SipTransactionActions.InformTransportFailure))
            _layer.User?.OnServerFailure(this, SipServerFailure.TransportFailure, _failure);
    }

    private void Transmit(SipResponse response) => _layer.Transport.Send(response, _destination, failure =>
    {
        _failure = failure.Detail;
        Handle(SipTransactionEvent.TransportFailure);
    });

    private void StopTimers()
    {
        _retransmit?.Cancel();
        _end?.Cancel();
    }
}
