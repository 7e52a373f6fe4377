using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Rtp;

namespace PhoneAgent.Server.BrowserVoice.Media;

/// <summary>
/// The audio of a call that comes over a socket, on the same clock as all others. It outlives the socket: while there is
/// none the session hears silence. Packets are put in by one socket's loop at a time.
/// </summary>
/// <param name="clock">Null in tests that tick themselves.</param>
internal sealed class SocketAudio(MediaClock? clock) : ICallAudio, IMediaClient
{
    private readonly PcmReceiver _receiver = new();
    private readonly short[] _received = new short[AudioFormat.FrameSamples];
    private readonly short[] _toSend = new short[AudioFormat.FrameSamples];
    private readonly Lock _tickGate = new();
    private IAudioPeer? _peer;
    private IAudioSink? _sink;
    private volatile IAudioGate? _gate;
    private long _position;
    private bool _ended;
    private bool _clear;
    private long _sent;
    private long _unsent;

    /// <summary>What came and has not been taken by the media thread.</summary>
    public PacketRing Incoming { get; } = new();

    /// <summary>Told when a tick threw; the call cannot go on then.</summary>
    public Action<Exception>? OnFaulted { get; init; }

    public MediaStatistics Statistics
    {
        get
        {
            JitterStatistics jitter = _receiver.Statistics;
            return new MediaStatistics
            {
                PacketsReceived = jitter.Received,
                PacketsSent = Volatile.Read(ref _sent),
                PacketsLost = Math.Max(0, jitter.Lost - jitter.Late),
                PacketsLate = jitter.Late + jitter.Discarded,
                PacketsDuplicate = jitter.Duplicate,
                PacketsRefused = jitter.Refused + Incoming.Dropped,
                FramesConcealed = _receiver.FramesConcealed,
                Codec = "L16",
            };
        }
    }

    /// <summary>Frames of the agent for which there was no room, or no socket.</summary>
    public long FramesUnsent => Volatile.Read(ref _unsent);

    /// <summary>Where the agent's frames go from the next tick on; null: nowhere. What the old one had sent to us is forgotten.</summary>
    public void SendTo(IAudioSink? sink)
    {
        Volatile.Write(ref _sink, sink);
        Volatile.Write(ref _clear, true);
    }

    /// <summary>What decides whether the caller's frames are for the agent; null: all are.</summary>
    public IAudioGate? Gate
    {
        get => _gate;
        set => _gate = value;
    }

    public void Start(IAudioPeer peer)
    {
        lock (_tickGate)
        {
            if (_ended)
                return;
            if (_peer is not null)
                throw new InvalidOperationException("The audio of this call was started already.");
            _peer = peer;
        }
        clock?.Add(this);
    }

    public void Stop()
    {
        lock (_tickGate)
            _ended = true;
        clock?.Remove(this);
    }

    public void Faulted(Exception exception) => OnFaulted?.Invoke(exception);

    public void Tick(long nowNs)
    {
        // Only Start and Stop hold it beside us; we serve other calls too and do not wait for them.
        if (!_tickGate.TryEnter())
            return;
        try
        {
            if (!_ended && _peer is { } peer)
                Run(peer, nowNs);
        }
        finally
        {
            _tickGate.Exit();
        }
    }

    private void Run(IAudioPeer peer, long nowNs)
    {
        if (Volatile.Read(ref _clear))
        {
            Volatile.Write(ref _clear, false);
            _receiver.Clear();
        }
        while (Incoming.TryPeek(out RtpPacket packet))
        {
            _receiver.Put(packet, nowNs);
            Incoming.Advance();
        }
        FrameOrigin origin = _receiver.Next(nowNs, _received);
        if (_gate is { } gate && !gate.Pass(_received))
            origin = FrameOrigin.Silence;
        bool wanted = peer.Exchange(_position, origin, _received, _toSend);
        if (wanted)
            Send();
        _position += AudioFormat.FrameSamples;
    }

    private void Send()
    {
        if (Volatile.Read(ref _sink) is { } sink && sink.TrySend(_position, _toSend))
            Volatile.Write(ref _sent, _sent + 1);
        else
            Volatile.Write(ref _unsent, _unsent + 1);
    }
}

/// <summary>Takes the agent's frames. Called on the media thread: never blocks, allocates or throws.</summary>
internal interface IAudioSink
{
    /// <summary>False when there is no room.</summary>
    bool TrySend(long position, ReadOnlySpan<short> frame);
}

/// <summary>Stands between the caller and the agent. Called on the media thread: never blocks, allocates or throws.</summary>
internal interface IAudioGate
{
    /// <summary>False when the frame is not for the agent; it is silent then.</summary>
    bool Pass(Span<short> frame);
}
