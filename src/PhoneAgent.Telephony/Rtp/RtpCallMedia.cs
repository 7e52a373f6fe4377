using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sdp;

namespace PhoneAgent.Telephony.Rtp;

/// <summary>
/// Media of one call over plain RTP. Signalling calls in one thread at a time; audio runs on the <see cref="MediaClock"/>.
/// </summary>
public sealed partial class RtpCallMedia : ICallMedia, IMediaNotices
{
    private const int MaxEvents = 64;
    private readonly string _callId;
    private readonly MediaClock _clock;
    private readonly IPacer _pacer;
    private readonly ILogger _logger;
    private readonly RtpPortPair _ports;
    private readonly RtpSession _session;
    private readonly CancellationTokenSource _ended = new();
    private readonly Channel<MediaEvent> _events =
        Channel.CreateBounded<MediaEvent>(new BoundedChannelOptions(MaxEvents) { FullMode = BoundedChannelFullMode.Wait, SingleWriter = false });
    private LocalAudio _local;
    private MediaDirection _agreedDirection = MediaDirection.SendRecv;
    private NegotiatedAudio? _agreed;
    private SdpDescription? _offer;
    private ulong _version;
    private string? _lastSent;
    private bool _isHeldByPeer;
    private bool _started;
    private bool _disposed;
    private int _eventsDropped;
    private Task _resolving = Task.CompletedTask;

    internal RtpCallMedia(string callId, RtpOptions options, RtpPortPair ports, LocalAudio local, AddressFamily family,
        MediaClock clock, IPacer pacer, TimeProvider time, ILogger logger)
    {
        _callId = callId;
        _clock = clock;
        _pacer = pacer;
        _logger = logger;
        _ports = ports;
        _local = local;
        _version = local.SessionId - 1;
        _session = new RtpSession(new RtpSessionSettings
        {
            AddressFamily = family,
            Codecs = options.Codecs,
            JitterMin = options.JitterMin,
            JitterMax = options.JitterMax,
            NoRtpTimeoutNs = (long)options.NoRtpTimeout.TotalNanoseconds,
            SendsRtcp = options.Rtcp,
            // RFC 7022 §4.2: a name that tells nothing about who we are.
            CanonicalName = Convert.ToHexStringLower(BitConverter.GetBytes(Random.Shared.NextInt64())),
            Ssrc = (uint)Random.Shared.NextInt64(1, uint.MaxValue),
            FirstSequence = (ushort)Random.Shared.Next(0x7FFF),
            FirstTimestamp = (uint)Random.Shared.NextInt64(uint.MaxValue),
            WallClock = time.GetUtcNow(),
            WallClockNs = pacer.NowNs,
            Clock = clock,
        }, ports, this);
    }

    public ICallAudio Audio => _session;

    public ChannelReader<MediaEvent> Events => _events.Reader;

    /// <summary>The UDP port that the peer is told.</summary>
    public int LocalPort => _ports.Rtp.LocalPort;

    public string CreateOffer(MediaDirection direction)
    {
        var local = _local with { Direction = direction };
        _offer = Number(version => OfferAnswer.CreateOffer(local, _agreed, version));
        _local = local;
        return _offer.ToString();
    }

    public SdpOutcome AcceptOffer(string sdp)
    {
        if (!SdpDescription.TryParse(sdp, out var offer, out var error))
            return new SdpOutcome(null, error.ToString(), 400);
        var local = _local with { Direction = _agreedDirection };
        var result = OfferAnswer.Answer(offer!, local, 0);
        if (result.Agreed is not { } agreed)
            return new SdpOutcome(null, result.Failure, result.StatusCode);
        var answer = Number(version => OfferAnswer.Answer(offer!, local, version).Answer!);
        Apply(agreed);
        return new SdpOutcome(answer.ToString());
    }

    public SdpOutcome AcceptAnswer(string sdp)
    {
        if (_offer is null)
            return new SdpOutcome(null, "There is no offer of ours that this could answer.", 400);
        if (!SdpDescription.TryParse(sdp, out var answer, out var error))
            return new SdpOutcome(null, error.ToString(), 400);
        var result = OfferAnswer.TakeAnswer(answer!, _offer, _local);
        if (result.Agreed is not { } agreed)
            return new SdpOutcome(null, result.Failure, result.StatusCode);
        _agreedDirection = _local.Direction;
        Apply(agreed);
        return new SdpOutcome(null);
    }

    public void RollBack() => _local = _local with { Direction = _agreedDirection };

    public void Start()
    {
        if (_started || _disposed)
            return;
        _started = true;
        _session.Run();
    }

    public Task SendDtmfAsync(string digits, CancellationToken cancellationToken)
    {
        const int MaxDigits = 256;
        if (digits.Length == 0)
            return Task.CompletedTask;
        if (digits.Length > MaxDigits)
            throw new ArgumentException($"At most {MaxDigits} digits can be sent at once.", nameof(digits));
        foreach (var digit in digits)
            if (!KeySender.IsKey(digit))
                throw new ArgumentException($"'{digit}' is no key of a telephone; use 0-9 * # A-D.", nameof(digits));
        return _disposed ? Task.FromCanceled(new CancellationToken(true)) : _session.Keys.Enqueue(digits, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        _session.End(_pacer.NowNs);
        Report(_session.Statistics);
        _clock.Remove(_session);
        await _ended.CancelAsync().ConfigureAwait(false);
        await _resolving.ConfigureAwait(false);
        _ports.Dispose();
        _ended.Dispose();
        _events.Writer.TryComplete();
    }

    void IMediaNotices.Key(ReceivedKey key, DtmfSource source) => Tell(new MediaEvent.Dtmf(key.Digit, key.Duration, source));

    void IMediaNotices.TimedOut(TimeSpan silence)
    {
        Log.TimedOut(_logger, _callId, silence.TotalSeconds);
        Tell(new MediaEvent.TimedOut(silence));
    }

    void IMediaNotices.Failed(Exception exception)
    {
        Log.Failed(_logger, _callId, exception);
        Tell(new MediaEvent.Failed(exception.Message));
    }

    /// <summary>For whoever asks afterwards why a call sounded as it did.</summary>
    private void Report(MediaStatistics sound)
    {
        if (sound.PacketsReceived + sound.PacketsSent == 0 || !_logger.IsEnabled(LogLevel.Information))
            return;
        var remoteLoss = sound.RemoteLossFraction?.ToString("P0", CultureInfo.InvariantCulture) ?? "nothing known";
        Log.Over(_logger, _callId, sound.Codec, sound.PacketsReceived, sound.PacketsLost, sound.PacketsRecovered, sound.FramesConcealed,
            sound.Jitter.TotalMilliseconds, sound.PacketsSent, remoteLoss);
    }

    private void Tell(MediaEvent mediaEvent)
    {
        // Once: a peer that floods us with keys must not make the media thread write a log.
        if (!_events.Writer.TryWrite(mediaEvent) && !_disposed && Interlocked.Exchange(ref _eventsDropped, 1) == 0)
            Log.EventDropped(_logger, _callId, mediaEvent.GetType().Name);
    }

    /// <summary>o= counts up when the description changed since it was last sent, and only then (RFC 3264 §8).</summary>
    private SdpDescription Number(Func<ulong, SdpDescription> describe)
    {
        var unnumbered = describe(0).ToString();
        if (unnumbered != _lastSent)
            _version++;
        _lastSent = unnumbered;
        return describe(_version);
    }

    private void Apply(NegotiatedAudio agreed)
    {
        _agreed = agreed;
        var rtp = Resolve(agreed.RemoteHost, agreed.RemotePort);
        var rtcp = Resolve(agreed.RemoteRtcpHost, agreed.RemoteRtcpPort);
        _session.Use(new MediaPlan(agreed, rtp, rtcp));
        if (agreed.RemoteHost is not null && rtp is null)
            _resolving = ResolveLaterAsync(agreed, _resolving);
        Log.Agreed(_logger, _callId, agreed.Codecs[0].Codec.Encoding, agreed.PtimeMs, agreed.Direction);
        if (agreed.IsHeldByPeer == _isHeldByPeer)
            return;
        _isHeldByPeer = agreed.IsHeldByPeer;
        Tell(new MediaEvent.PeerHold(_isHeldByPeer));
    }

    private SocketAddress? Resolve(string? host, int port)
    {
        if (!IPAddress.TryParse(host, out var address))
            return null;
        if (_local.Address.AddressFamily == AddressFamily.InterNetwork && address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == _local.Address.AddressFamily ? new IPEndPoint(address, port).Serialize() : null;
    }

    /// <summary>A host name in c=: until it is resolved the call sends to where it hears from.</summary>
    private async Task ResolveLaterAsync(NegotiatedAudio agreed, Task previous)
    {
        await previous.ConfigureAwait(false);
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(agreed.RemoteHost!, _local.Address.AddressFamily, _ended.Token).ConfigureAwait(false);
            if (addresses is [var first, ..] && ReferenceEquals(_agreed, agreed))
                _session.Use(new MediaPlan(agreed, new IPEndPoint(first, agreed.RemotePort).Serialize(), new IPEndPoint(first, agreed.RemoteRtcpPort).Serialize()));
        }
        catch (SocketException exception)
        {
            Log.NotResolved(_logger, _callId, agreed.RemoteHost!, exception.Message);
        }
        catch (OperationCanceledException)
        {
            // The call is over.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "Call {CallId}: media agreed: {Codec}, {Ptime} ms, {Direction}")]
        public static partial void Agreed(ILogger logger, string callId, string codec, int ptime, MediaDirection direction);

        [LoggerMessage(Level = LogLevel.Information, Message = "Call {CallId}: sound in {Codec}: {Received} packets received, {Lost} lost, {Recovered} of these out of the next one (FEC), {Concealed} made up, jitter {Jitter:0.0} ms; {Sent} sent, of which the peer lost {RemoteLoss} by its last report")]
        public static partial void Over(ILogger logger, string callId, string? codec, long received, long lost, long recovered, long concealed, double jitter, long sent, string remoteLoss);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Call {CallId}: no RTP for {Seconds:F0} s")]
        public static partial void TimedOut(ILogger logger, string callId, double seconds);

        [LoggerMessage(Level = LogLevel.Error, Message = "Call {CallId}: its media threw and was stopped; other calls go on. This is a defect, please report it")]
        public static partial void Failed(ILogger logger, string callId, Exception exception);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Call {CallId}: nobody reads the media events; {Event} was dropped, others may follow")]
        public static partial void EventDropped(ILogger logger, string callId, string @event);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Call {CallId}: the host {Host} of the peer's description does not resolve ({Reason}); audio goes to where the peer's comes from")]
        public static partial void NotResolved(ILogger logger, string callId, string host, string reason);
    }
}
