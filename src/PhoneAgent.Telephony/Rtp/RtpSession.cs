using System.Net;
using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Telephony.Rtp;

/// <summary>
/// The media thread's side of a call. A tick: datagrams → jitter buffer → decode → 16 kHz → peer → codec's rate → encode →
/// send. Signalling hands in a <see cref="MediaPlan"/>; what is to be told goes out by <see cref="IMediaNotices"/>.
/// </summary>
internal sealed class RtpSession : IMediaClient, ICallAudio
{
    /// <summary>Datagrams read per tick and socket; what is beyond waits in the kernel, so a flood costs this call only.</summary>
    private const int MaxDatagramsPerTick = 24;
    private const int MaxDatagram = 1600;
    private const long TickNs = 20_000_000;
    /// <summary>Later than the schedule makes up for: ticks were skipped.</summary>
    private const long StallNs = 3 * TickNs;
    /// <summary>More than a kernel's default buffer holds.</summary>
    private const int MaxStale = 1024;
    private readonly RtpSessionSettings _settings;
    private readonly RtpPortPair _ports;
    private readonly IMediaNotices _notices;
    private readonly Lock _tickGate = new();
    private readonly SourceLatch _latch = new();
    private readonly ReceptionStatistics _reception = new();
    private readonly RtpReceiver _receiver;
    private readonly RtpSender _sender;
    private readonly RtcpSession _rtcp;
    private readonly TelephoneEventReceiver _events;
    private readonly Resampler _up = new(8000, AudioFormat.SampleRate);
    private readonly Resampler _down = new(AudioFormat.SampleRate, 8000);
    private readonly DtmfDetector _tones = new(AudioFormat.SampleRate);
    private readonly byte[] _datagram = new byte[MaxDatagram];
    private readonly SocketAddress _from;
    private readonly PeerPath _path;
    private readonly short[] _codecFrame = new short[AudioFormat.FrameSamples];
    private readonly short[] _received = new short[AudioFormat.FrameSamples];
    private readonly short[] _toSend = new short[AudioFormat.FrameSamples];

    private MediaPlan? _next;
    private MediaPlan? _plan;
    private IAudioPeer? _peer;
    private long _position;
    private long _dueNs = long.MinValue;
    private bool _running;
    private bool _ended;
    private long _aliveNs;
    private bool _timedOut;
    private long _packetsReceived;
    private long _packetsRefused;

    public RtpSession(RtpSessionSettings settings, RtpPortPair ports, IMediaNotices notices)
    {
        _settings = settings;
        _ports = ports;
        _notices = notices;
        _from = new SocketAddress(settings.AddressFamily);
        _path = new PeerPath(ports, settings.AddressFamily);
        _receiver = new RtpReceiver(settings.Codecs, settings.JitterMin, settings.JitterMax);
        _sender = new RtpSender(settings.Ssrc, settings.FirstSequence, settings.FirstTimestamp, packet => _path.SendRtp(_plan!, packet));
        _rtcp = new RtcpSession(settings.Ssrc, settings.CanonicalName, settings.WallClock, settings.WallClockNs);
        _events = new TelephoneEventReceiver();
    }

    public KeySender Keys { get; } = new();

    public MediaStatistics Statistics
    {
        get
        {
            var jitter = _receiver.Statistics;
            return new MediaStatistics
            {
                PacketsReceived = Volatile.Read(ref _packetsReceived),
                PacketsSent = _sender.PacketCount,
                PacketsLost = Math.Max(0, jitter.Lost - jitter.Late),
                PacketsLate = jitter.Late,
                PacketsDuplicate = jitter.Duplicate,
                PacketsRefused = Volatile.Read(ref _packetsRefused) + jitter.Refused,
                FramesConcealed = _receiver.FramesConcealed,
                PacketsRecovered = _receiver.PacketsRecovered,
                Jitter = TimeSpan.FromSeconds((double)_reception.Jitter / _receiver.ClockRate),
                RoundTrip = _rtcp.RoundTrip,
                RemoteLossFraction = _rtcp.RemoteLossFraction,
                Codec = Volatile.Read(ref _plan)?.SendCodec.Encoding,
            };
        }
    }

    /// <summary>Packets that the system did not take from us.</summary>
    public long PacketsUnsent => _path.Unsent;

    /// <summary>How late what is played now came to be played.</summary>
    internal TimeSpan JitterDelay => TimeSpan.FromSeconds((double)_receiver.CurrentDelay / _receiver.ClockRate);

    /// <summary>What holds from the next tick on.</summary>
    public void Use(MediaPlan plan) => Interlocked.Exchange(ref _next, plan)?.Dispose();

    public void Start(IAudioPeer peer)
    {
        lock (_tickGate)
        {
            // The other side may hang up between answer and start: then there is nothing to exchange.
            if (_ended)
                return;
            if (_peer is not null && !ReferenceEquals(_peer, Silent.Peer))
                throw new InvalidOperationException("The audio of this call was started already.");
            _position = 0;
            Volatile.Write(ref _peer, peer);
        }
        Run();
    }

    /// <summary>Puts the call on the clock; safe to call twice.</summary>
    public void Run()
    {
        if (Interlocked.Exchange(ref _running, true))
            return;
        // What came while it rang is old: taken for now, it would look like jitter and be played late for seconds.
        for (var i = 0; i < MaxStale && _ports.Rtp.Receive(_datagram, _from) >= 0; i++)
        {
        }
        _settings.Clock?.Add(this);
        // Whoever ends the call takes it off the clock after that: one of the two sees the other.
        if (Volatile.Read(ref _ended))
            _settings.Clock?.Remove(this);
    }

    public void Stop()
    {
        lock (_tickGate)
            Volatile.Write(ref _peer, Silent.Peer);
    }

    /// <summary>Ends the stream with RTCP BYE. No tick runs after this.</summary>
    public void End(long nowNs)
    {
        lock (_tickGate)
        {
            if (_ended)
                return;
            Volatile.Write(ref _ended, true);
            Volatile.Write(ref _peer, Silent.Peer);
            if (_plan is not null && _settings.SendsRtcp && _sender.PacketCount > 0)
                _path.SendRtcp(_plan, _rtcp.Goodbye(_sender, _reception, _latch.Ssrc, _latch.HasSource, nowNs));
            Keys.Abandon();
            _plan?.Dispose();
            Interlocked.Exchange(ref _next, null)?.Dispose();
        }
    }

    public void Faulted(Exception exception) => _notices.Failed(exception);

    public void Tick(long nowNs)
    {
        // Only Stop and End hold it beside us. They wait for us; we serve other calls too and do not wait for them.
        if (!_tickGate.TryEnter())
            return;
        try
        {
            if (_ended)
                return;
            PassStall(nowNs);
            if (Volatile.Read(ref _next) is not null)
                TakePlan(nowNs);
            if (_plan is not { } plan)
            {
                ExchangeSilence();
                return;
            }
            ReceiveRtp(plan, nowNs);
            ReceiveRtcp(plan, nowNs);
            RunFrame(plan, nowNs);
            Watch(plan, nowNs);
            if (_settings.SendsRtcp && _rtcp.IsDue(nowNs))
                _path.SendRtcp(_plan, _rtcp.Report(_sender, _reception, _latch.Ssrc, _latch.HasSource, nowNs));
        }
        finally
        {
            _tickGate.Exit();
        }
    }

    /// <summary>Skipped ticks are a pause of ours: without it the peer would get all that follows late, to the end of the call.</summary>
    private void PassStall(long nowNs)
    {
        if (_dueNs == long.MinValue)
            _dueNs = nowNs;
        if (nowNs - _dueNs > StallNs)
        {
            var skipped = (nowNs - _dueNs) / TickNs;
            _sender.Pass((uint)(skipped * ((_plan?.SendCodec.ClockRate ?? _receiver.ClockRate) / 50)));
            _dueNs += skipped * TickNs;
        }
        _dueNs += TickNs;
    }

    private void TakePlan(long nowNs)
    {
        var plan = Interlocked.Exchange(ref _next, null);
        if (plan is null)
            return;
        if (_plan is { } old)
        {
            if (old.Agreed.IsHeldByPeer != plan.Agreed.IsHeldByPeer || old.Agreed.MayReceive != plan.Agreed.MayReceive)
                _receiver.Clear();
            old.Dispose();
        }
        _latch.Announce(plan.Source);
        if (!_latch.IsLocked)
            _path.Forget();
        _events.ClockRate = plan.Agreed.ReceiveEventClockRate;
        Volatile.Write(ref _plan, plan);
        (_aliveNs, _timedOut) = (nowNs, false);
    }

    private void ReceiveRtp(MediaPlan plan, long nowNs)
    {
        for (var i = 0; i < MaxDatagramsPerTick; i++)
        {
            var length = _ports.Rtp.Receive(_datagram, _from);
            if (length < 0)
                return;
            var datagram = _datagram.AsSpan(0, length);
            if (plan.Agreed.RtcpMux && PhoneAgent.Audio.Rtcp.IsRtcp(datagram))
                TakeRtcp(datagram, nowNs);
            else if (!TakeRtp(plan, datagram, nowNs))
                _packetsRefused++;
        }
    }

    private bool TakeRtp(MediaPlan plan, ReadOnlySpan<byte> datagram, long nowNs)
    {
        if (!RtpPacket.TryParse(datagram, out var packet, out _))
            return false;
        var decoder = plan.Find(packet.PayloadType);
        var isEvent = plan.IsEvent(packet.PayloadType);
        if (decoder is null && !isEvent && !plan.IsComfortNoise(packet.PayloadType))
            return false;
        var verdict = _latch.Judge(PeerSource.Of(_from), packet.Ssrc, nowNs);
        if (verdict == LatchVerdict.Refused)
            return false;
        if (verdict == LatchVerdict.NewStream)
        {
            _reception.Reset();
            _receiver.Clear();
            if (_events.Restart() is { } cut)
                _notices.Key(cut, DtmfSource.Rtp);
        }
        if (_latch.IsLocked)
            _path.Follow(_from, _latch.Source);
        _packetsReceived++;
        (_aliveNs, _timedOut) = (nowNs, false);
        if (decoder is not null && _receiver.Select(decoder.Codec))
            _reception.ChangeClock();
        _reception.Count(packet.SequenceNumber, packet.Timestamp, (uint)(nowNs / 1000 * _receiver.ClockRate / 1_000_000));
        if (!plan.Agreed.MayReceive)
            return true;
        if (isEvent && _events.Push(packet.Timestamp, packet.Payload, nowNs, out var key) && key is { } complete)
            _notices.Key(complete, DtmfSource.Rtp);
        _receiver.Put(packet, decoder, nowNs);
        return true;
    }

    private void ReceiveRtcp(MediaPlan plan, long nowNs)
    {
        if (plan.Agreed.RtcpMux)
            return;
        for (var i = 0; i < MaxDatagramsPerTick; i++)
        {
            var length = _ports.Rtcp.Receive(_datagram, _from);
            if (length < 0)
                return;
            TakeRtcp(_datagram.AsSpan(0, length), nowNs);
        }
    }

    private void TakeRtcp(ReadOnlySpan<byte> datagram, long nowNs)
    {
        // Only the host that sends us audio reports to us; its port may be any behind a NAT.
        if (!_latch.HasSource || (PeerSource.Of(_from) with { Port = 0 }) != (_latch.Source with { Port = 0 }))
            return;
        _path.FollowRtcp(_from);
        _rtcp.Receive(datagram, _latch.Ssrc, nowNs);
        if (_rtcp.RemoteLossFraction is { } lost)
            _plan?.Encoder.ExpectLoss(lost);
    }

    private void RunFrame(MediaPlan plan, long nowNs)
    {
        // Each side may send with another codec of those agreed.
        var heard = _codecFrame.AsSpan(0, _receiver.SampleRate / 50);
        var origin = _receiver.Next(plan, nowNs, heard);
        if (plan.Agreed.IsHeldByPeer)
        {
            heard.Clear();
            origin = FrameOrigin.Silence;
        }
        if (heard.Length == _received.Length)
            heard.CopyTo(_received);
        else
            _up.Process(heard, _received);

        if (!plan.HasEvents && origin == FrameOrigin.Received && _tones.Process(_received, out var tone))
            _notices.Key(new ReceivedKey(tone.Digit, AudioFormat.ToTime(tone.Duration)), DtmfSource.InBand);

        Exchange(origin);

        var maySend = plan.Agreed.MaySend && (_path.IsLatched || plan.RemoteRtp is not null);
        var hasKey = maySend && Keys.Begin();
        if (hasKey && plan.Agreed.SendEventPayloadType is null)
            Keys.WriteTone(_toSend);
        var said = _codecFrame.AsSpan(0, plan.SendCodec.SampleRate / 50);
        if (said.Length == _toSend.Length)
            _toSend.CopyTo(said);
        else
            _down.Process(_toSend, said);
        if (!hasKey || plan.Agreed.SendEventPayloadType is not { } events || !SendKey(plan, (byte)events, said))
            _sender.Push(said, plan.SendCodec, plan.Encoder, plan.SendPayloadType, plan.Agreed.PtimeMs, maySend);
    }

    /// <summary>True when the tick belongs to a key; the pause between keys is silence.</summary>
    private bool SendKey(MediaPlan plan, byte payloadType, Span<short> frame)
    {
        // The event counts by its own clock, which need not be the sound's (RFC 7587 says 48 kHz, many peers 8 kHz).
        if (!Keys.SendEvents(_sender, payloadType, plan.Agreed.SendEventClockRate / 50))
        {
            frame.Clear();
            return false;
        }
        _sender.Pass((uint)(plan.SendCodec.ClockRate / 50));
        return true;
    }

    private void Exchange(FrameOrigin origin)
    {
        if (Volatile.Read(ref _peer) is not { } peer)
        {
            Array.Clear(_toSend);
            return;
        }
        peer.Exchange(_position, origin, _received, _toSend);
        _position += AudioFormat.FrameSamples;
    }

    private void ExchangeSilence()
    {
        Array.Clear(_received);
        Exchange(FrameOrigin.Silence);
    }

    private void Watch(MediaPlan plan, long nowNs)
    {
        if (_events.Poll(nowNs) is { } key)
            _notices.Key(key, DtmfSource.Rtp);
        if (plan.Agreed.IsHeldByPeer || !plan.Agreed.MayReceive)
            _aliveNs = nowNs;
        var silence = nowNs - _aliveNs;
        if (_timedOut || _settings.NoRtpTimeoutNs == 0 || silence < _settings.NoRtpTimeoutNs)
            return;
        _timedOut = true;
        _notices.TimedOut(TimeSpan.FromMicroseconds(silence / 1000.0));
    }

    /// <summary>Takes the place of a peer that wants no more frames.</summary>
    private sealed class Silent : IAudioPeer
    {
        public static readonly Silent Peer = new();

        public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
        {
            toSend.Clear();
            return false;
        }
    }
}
