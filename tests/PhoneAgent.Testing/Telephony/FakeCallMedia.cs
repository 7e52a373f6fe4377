using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony;

namespace PhoneAgent.Testing.Telephony;

/// <summary>
/// Media that speaks just enough SDP to let signalling be tested: PCMU only, the direction mirrored, no sockets.
/// Keeps a journal of what it was asked.
/// </summary>
public sealed class FakeCallMedia(string callId, IPAddress localAddress, IPAddress? advertisedAddress, int port) : ICallMedia
{
    private readonly Channel<MediaEvent> events = Channel.CreateUnbounded<MediaEvent>();
    private int version;

    public string CallId { get; } = callId;
    public IPAddress LocalAddress { get; } = localAddress;
    public IPAddress? AdvertisedAddress { get; } = advertisedAddress;
    public int Port { get; } = port;

    /// <summary>offer, answer, accepted, rolled-back, started, disposed … in order.</summary>
    public ConcurrentQueue<string> Journal { get; } = new();

    /// <summary>The peer's description that holds now.</summary>
    public string? Remote { get; private set; }

    public bool IsStarted { get; private set; }
    public bool IsDisposed { get; private set; }

    public ICallAudio Audio { get; } = new FakeCallAudio();

    public ChannelReader<MediaEvent> Events => events.Reader;

    public void Raise(MediaEvent mediaEvent) => events.Writer.TryWrite(mediaEvent);

    public string CreateOffer(MediaDirection direction)
    {
        Journal.Enqueue($"offer {Name(direction)}");
        return Describe(Name(direction));
    }

    public SdpOutcome AcceptOffer(string sdp)
    {
        if (!IsUsable(sdp, out var failure))
        {
            Journal.Enqueue("refused");
            return new SdpOutcome(null, failure, 488);
        }
        Remote = sdp;
        var direction = sdp.Contains("a=sendonly", StringComparison.Ordinal) ? "recvonly"
            : sdp.Contains("a=recvonly", StringComparison.Ordinal) ? "sendonly"
            : sdp.Contains("a=inactive", StringComparison.Ordinal) || sdp.Contains("c=IN IP4 0.0.0.0", StringComparison.Ordinal) ? "inactive"
            : "sendrecv";
        Journal.Enqueue($"answer {direction}");
        return new SdpOutcome(Describe(direction));
    }

    public SdpOutcome AcceptAnswer(string sdp)
    {
        if (!IsUsable(sdp, out var failure))
        {
            Journal.Enqueue("refused");
            return new SdpOutcome(null, failure, 488);
        }
        Remote = sdp;
        Journal.Enqueue("accepted");
        return new SdpOutcome(null);
    }

    public void RollBack() => Journal.Enqueue("rolled-back");

    public void Start()
    {
        if (!IsStarted)
            Journal.Enqueue("started");
        IsStarted = true;
    }

    public Task SendDtmfAsync(string digits, CancellationToken cancellationToken)
    {
        Journal.Enqueue($"dtmf {digits}");
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        if (!IsDisposed)
            Journal.Enqueue("disposed");
        IsDisposed = true;
        events.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    private static string Name(MediaDirection direction) => direction switch
    {
        MediaDirection.SendOnly => "sendonly",
        MediaDirection.RecvOnly => "recvonly",
        MediaDirection.Inactive => "inactive",
        _ => "sendrecv",
    };

    private static bool IsUsable(string sdp, out string? failure)
    {
        failure = sdp.Contains("m=audio ", StringComparison.Ordinal) && sdp.Contains("AVP 0", StringComparison.Ordinal)
            && !sdp.Contains("m=audio 0 ", StringComparison.Ordinal)
            ? null : "no audio that both sides know";
        return failure is null;
    }

    private string Describe(string direction)
    {
        var address = AdvertisedAddress ?? LocalAddress;
        return $"v=0\r\no=- 1 {++version} IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n" +
            $"m=audio {Port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na={direction}\r\n";
    }
}

/// <summary>Audio that never ticks.</summary>
public sealed class FakeCallAudio : ICallAudio
{
    public IAudioPeer? Peer { get; private set; }
    public bool IsStopped { get; private set; }
    public MediaStatistics Statistics { get; } = new();

    public void Start(IAudioPeer peer) => Peer = peer;
    public void Stop() => IsStopped = true;
}

/// <summary>Makes <see cref="FakeCallMedia"/> and remembers all of it.</summary>
public sealed class FakeCallMediaFactory : ICallMediaFactory
{
    private int nextPort = 40_000;

    public ConcurrentQueue<FakeCallMedia> Made { get; } = new();

    /// <summary>When set, the next <see cref="Create"/> fails with this message.</summary>
    public string? Failure { get; set; }

    public FakeCallMedia Last => Made.Last();

    public ICallMedia Create(string callId, IPAddress localAddress, IPAddress? advertisedAddress)
    {
        if (Failure is { } failure)
            throw new PhoneLineException(failure);
        var media = new FakeCallMedia(callId, localAddress, advertisedAddress, Interlocked.Add(ref nextPort, 2));
        Made.Enqueue(media);
        return media;
    }
}
