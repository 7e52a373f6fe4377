using System.Threading.Channels;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.BrowserVoice.Media;
using PhoneAgent.Server.BrowserVoice.Wire;

namespace PhoneAgent.Server.BrowserVoice;

/// <summary>
/// A call over a socket. A socket that breaks puts the call on hold, and another may go on with it within the window; then,
/// or without a window, the call is over. Thread-safe.
/// </summary>
internal sealed class SocketCall : ICall
{
    private const int MaxSignals = 256;
    /// <summary>What a client that is away may read when it is back.</summary>
    private const int MaxBacklog = 64;

    private readonly Lock _gate = new();
    private readonly TimeSpan _resumeWindow;
    private readonly Channel<CallSignal> _signals = Channel.CreateBounded<CallSignal>(
        new BoundedChannelOptions(MaxSignals) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly Queue<ServerMessage> _backlog = new();
    private readonly ITimer _window;
    private readonly CancellationTokenSource _over = new();
    private VoiceOutbox? _outbox;
    private Task _relay = Task.CompletedTask;
    private bool _heldByClient;
    private bool _isAway;
    private bool _isHeld;
    private CallEnd? _end;

    /// <param name="resumeWindow">0: a call that cannot be gone on with.</param>
    public SocketCall(CallInfo info, SocketAudio audio, TimeSpan resumeWindow, TimeProvider time)
    {
        (Info, SocketAudio, _resumeWindow) = (info, audio, resumeWindow);
        _window = time.CreateTimer(
            static call => ((SocketCall)call!).End(new CallEnd(CallEndCause.PeerLost, EndedBy.Network, Reason: "the connection was lost and did not come back")),
            this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public CallInfo Info { get; }

    public SocketAudio SocketAudio { get; }

    public ICallAudio Audio => SocketAudio;

    public ChannelReader<CallSignal> Signals => _signals.Reader;

    /// <summary>Told once, when the call is over.</summary>
    public Action<SocketCall>? OnEnded { get; init; }

    public bool HasEnded
    {
        get
        {
            lock (_gate)
                return _end is not null;
        }
    }

    /// <summary>No socket carries it at the moment.</summary>
    public bool IsAway
    {
        get
        {
            lock (_gate)
                return _isAway;
        }
    }

    /// <summary>From now on this socket carries the call; <paramref name="greeting"/> is the first that it sends. False when the call is over.</summary>
    public bool Attach(VoiceOutbox outbox, ServerMessage? greeting)
    {
        VoiceOutbox? before;
        lock (_gate)
        {
            if (_end is not null)
                return false;
            _window.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            (before, _outbox, _isAway) = (_outbox, outbox, false);
            if (greeting is not null)
                outbox.Post(greeting);
            while (_backlog.TryDequeue(out ServerMessage? missed))
                outbox.Post(missed);
            SocketAudio.SendTo(outbox);
            UpdateHold_NeedsLock();
        }
        before?.Finish(new VoiceClose(VoiceCloseCode.Replaced, "another connection goes on with this call"));
        return true;
    }

    /// <summary>This socket is gone without a goodbye.</summary>
    public void Lose(VoiceOutbox outbox)
    {
        lock (_gate)
        {
            if (_end is not null || _outbox != outbox)
                return;
            (_outbox, _isAway) = (null, true);
            SocketAudio.SendTo(null);
            UpdateHold_NeedsLock();
            if (_resumeWindow > TimeSpan.Zero)
            {
                _window.Change(_resumeWindow, Timeout.InfiniteTimeSpan);
                return;
            }
        }
        End(new CallEnd(CallEndCause.PeerLost, EndedBy.Network, Reason: "the connection was lost"));
    }

    /// <summary>Ends the call if this socket still carries it.</summary>
    public void EndUnlessReplaced(VoiceOutbox outbox, CallEnd end)
    {
        lock (_gate)
            if (_outbox != outbox)
                return;
        End(end);
    }

    /// <summary>The call is over; the first end stands.</summary>
    public void End(CallEnd end)
    {
        VoiceOutbox? outbox;
        lock (_gate)
        {
            if (_end is not null)
                return;
            _end = end;
            outbox = _outbox;
            SocketAudio.SendTo(null);
            _signals.Writer.TryWrite(new CallSignal.Ended(end));
            _signals.Writer.TryComplete();
            _window.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        SocketAudio.Stop();
        outbox?.Post(new ServerMessage.Bye(end.Reason ?? "", end.By.ToString().ToLowerInvariant()));
        outbox?.Finish(new VoiceClose(VoiceCloseCode.Normal, "the call is over"));
        OnEnded?.Invoke(this);
    }

    /// <summary>Tells the client, or keeps it for when he is back.</summary>
    public void Post(ServerMessage message)
    {
        lock (_gate)
        {
            if (_end is not null)
                return;
            if (_outbox is { } outbox)
                outbox.Post(message);
            else if (_backlog.Count < MaxBacklog)
                _backlog.Enqueue(message);
        }
    }

    /// <summary>The client pressed a key.</summary>
    public void OnKey(char digit)
    {
        lock (_gate)
            if (_end is null)
                _signals.Writer.TryWrite(new CallSignal.Dtmf(digit, TimeSpan.Zero, DtmfSource.Message));
    }

    /// <summary>The client put us on hold, or took us back.</summary>
    public void OnHold(bool held)
    {
        lock (_gate)
        {
            _heldByClient = held;
            UpdateHold_NeedsLock();
        }
    }

    /// <summary>Tells the client what happens in its call.</summary>
    public void Follow(CallTimeline timeline)
    {
        lock (_gate)
            _relay = TimelineRelay.RunAsync(timeline, this, _over.Token);
    }

    public Task HangUpAsync(CancellationToken cancellationToken)
    {
        End(new CallEnd(CallEndCause.HungUp, EndedBy.Agent));
        return Task.CompletedTask;
    }

    /// <summary>There is nowhere that a browser could be sent: the caller stays.</summary>
    public Task<TransferResult> TransferAsync(TransferRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(new TransferResult(false, null, "a call over a socket cannot be referred to another party"));

    public Task SendDtmfAsync(string digits, CancellationToken cancellationToken)
    {
        Post(new ServerMessage.Key(digits));
        return Task.CompletedTask;
    }

    public Task<bool> SetHoldAsync(bool held, CancellationToken cancellationToken)
    {
        Post(new ServerMessage.Hold(held));
        return Task.FromResult(true);
    }

    public async ValueTask DisposeAsync()
    {
        await HangUpAsync(CancellationToken.None).ConfigureAwait(false);
        await _over.CancelAsync().ConfigureAwait(false);
        Task relay;
        lock (_gate)
            relay = _relay;
        await relay.ConfigureAwait(false);
        await _window.DisposeAsync().ConfigureAwait(false);
    }

    private void UpdateHold_NeedsLock()
    {
        bool held = _heldByClient || _isAway;
        if (held == _isHeld || _end is not null)
            return;
        _isHeld = held;
        _signals.Writer.TryWrite(held ? new CallSignal.Held(_isAway) : new CallSignal.Resumed());
    }
}
