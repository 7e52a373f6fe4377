using System.Threading.Channels;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.UserAgent;

namespace PhoneAgent.Telephony.Sip;

/// <summary>
/// An established call: a session's signalling and its media as one <see cref="ICall"/>. Signals of both meet here,
/// so this is where a key reported twice counts once and where the end is said once. Thread-safe.
/// </summary>
internal sealed class SipCall : ICall, ISipSessionObserver
{
    /// <summary>A key press heard by two of RTP, INFO and in-band detection arrives twice within this time.</summary>
    private static readonly TimeSpan SameKeyPress = TimeSpan.FromMilliseconds(150);

    private const int MaxSignals = 256;

    private readonly ISipSession _session;
    private readonly TimeProvider _time;
    private readonly Channel<CallSignal> _signals = Channel.CreateBounded<CallSignal>(
        new BoundedChannelOptions(MaxSignals) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly Lock _signalLock = new();
    private readonly Task _mediaEvents;
    private bool _ended;
    private Task _mediaDisposal = Task.CompletedTask;
    private (char Digit, DtmfSource Source, long At)? _lastKey;

    internal SipCall(ISipSession session, TimeProvider time)
    {
        (_session, _time) = (session, time);
        session.Observe(this);
        _mediaEvents = ReadMediaEventsAsync();
    }

    public CallInfo Info => _session.Info;

    /// <summary>Who we are to the peer.</summary>
    internal string LocalUri => _session.LocalUri;

    public ICallAudio Audio => _session.Media.Audio;

    public ChannelReader<CallSignal> Signals => _signals.Reader;

    public Task HangUpAsync(CancellationToken cancellationToken) =>
        _session.EndAsync(new CallEnd(CallEndCause.HungUp, EndedBy.Agent), cancellationToken);

    public Task<TransferResult> TransferAsync(TransferRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Kind == TransferKind.Blind)
            return _session.ReferAsync(request.Target, null, request.Headers, cancellationToken);
        return request.Consultation is SipCall consultation
            ? _session.ReferAsync(request.Target, consultation._session, request.Headers, cancellationToken)
            : throw new ArgumentException("An attended transfer needs the consultation call of the same line.", nameof(request));
    }

    public Task SendDtmfAsync(string digits, CancellationToken cancellationToken) =>
        _session.Media.SendDtmfAsync(digits, cancellationToken);

    public Task<bool> SetHoldAsync(bool held, CancellationToken cancellationToken) =>
        _session.OfferAsync(held ? MediaDirection.SendOnly : MediaDirection.SendRecv, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await HangUpAsync(CancellationToken.None).ConfigureAwait(false);
        Task disposal;
        lock (_signalLock)
            disposal = _mediaDisposal;
        await disposal.ConfigureAwait(false);
        await _mediaEvents.ConfigureAwait(false);
    }

    void ISipSessionObserver.OnInfoDtmf(char digit, TimeSpan duration) => OnKey(digit, duration, DtmfSource.SipInfo);

    void ISipSessionObserver.OnRedirected(string target) => Signal(new CallSignal.Redirected(target));

    void ISipSessionObserver.OnRedirectionRefused(string target, string reason) => Signal(new CallSignal.RedirectionRefused(target, reason));

    void ISipSessionObserver.OnEnded(CallEnd end)
    {
        lock (_signalLock)
        {
            if (_ended)
                return;
            _ended = true;
            _signals.Writer.TryWrite(new CallSignal.Ended(end));
            _signals.Writer.TryComplete();
            // At once, so that no RTP follows the BYE and the ports are free for the next call.
            _mediaDisposal = _session.Media.DisposeAsync().AsTask();
        }
    }

    private async Task ReadMediaEventsAsync()
    {
        await foreach (var mediaEvent in _session.Media.Events.ReadAllAsync().ConfigureAwait(false))
        {
            switch (mediaEvent)
            {
                case MediaEvent.Dtmf key:
                    OnKey(key.Digit, key.Duration, key.Source);
                    break;
                case MediaEvent.PeerHold hold:
                    Signal(hold.IsHeld ? new CallSignal.Held() : new CallSignal.Resumed());
                    break;
                case MediaEvent.TimedOut timeout:
                    await _session.EndAsync(
                        new CallEnd(CallEndCause.MediaTimeout, EndedBy.Network, null, $"no RTP for {timeout.Silence.TotalSeconds:0} s"),
                        CancellationToken.None).ConfigureAwait(false);
                    break;
                case MediaEvent.Failed failed:
                    await _session.EndAsync(
                        new CallEnd(CallEndCause.Failed, EndedBy.Agent, null, $"the media broke: {failed.Reason}"),
                        CancellationToken.None).ConfigureAwait(false);
                    break;
            }
        }
    }

    private void OnKey(char digit, TimeSpan duration, DtmfSource source)
    {
        lock (_signalLock)
        {
            var now = _time.GetTimestamp();
            if (_lastKey is { } last && last.Digit == digit && last.Source != source
                && _time.GetElapsedTime(last.At, now) <= SameKeyPress)
            {
                _lastKey = null;
                return;
            }
            _lastKey = (digit, source, now);
            if (!_ended)
                _signals.Writer.TryWrite(new CallSignal.Dtmf(digit, duration, source));
        }
    }

    private void Signal(CallSignal signal)
    {
        lock (_signalLock)
            if (!_ended)
                _signals.Writer.TryWrite(signal);
    }
}
