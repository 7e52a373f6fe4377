using System.Net;
using System.Net.Sockets;
using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony;
using PhoneAgent.Telephony.Codecs;
using PhoneAgent.Telephony.Rtp;
using PhoneAgent.Telephony.Sdp;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Rtp;

/// <summary>One call's media with its ticks driven by hand: packets are put into a fake port and taken out of it.</summary>
internal sealed class MediaRig : IMediaNotices, IAudioPeer
{
    public static readonly IPEndPoint Peer = new(IPAddress.Parse("192.0.2.1"), 4000);
    public const long TickNs = 20_000_000;
    private readonly IReadOnlyList<IAudioCodec> _codecs;

    public MediaRig(string media = "m=audio 4000 RTP/AVP 0 8 101 13\r\na=rtpmap:101 telephone-event/8000\r\n", TimeSpan? timeout = null, bool rtcp = false, bool start = true,
        IReadOnlyList<IAudioCodec>? codecs = null)
    {
        _codecs = codecs ?? [G711Codec.Pcmu, G711Codec.Pcma];
        Session = new RtpSession(new RtpSessionSettings
        {
            AddressFamily = AddressFamily.InterNetwork,
            Codecs = _codecs,
            JitterMin = TimeSpan.FromMilliseconds(20),
            JitterMax = TimeSpan.FromMilliseconds(200),
            NoRtpTimeoutNs = (long)(timeout ?? TimeSpan.Zero).TotalNanoseconds,
            SendsRtcp = rtcp,
            CanonicalName = "test",
            Ssrc = 77,
            FirstSequence = 65530,
            FirstTimestamp = 0xFFFFFF00,
            WallClock = DateTimeOffset.UnixEpoch,
            WallClockNs = 0,
        }, new RtpPortPair(Rtp, Rtcp), this);
        Agree(media);
        if (start)
            Start();
    }

    public void Start() => Session.Start(this);

    public RtpSession Session { get; }
    public FakePort Rtp { get; } = new();
    public FakePort Rtcp { get; } = new();
    public long NowNs { get; private set; } = 1_000_000_000;
    public List<(ReceivedKey Key, DtmfSource Source)> Keys { get; } = [];
    public List<TimeSpan> Timeouts { get; } = [];
    public List<FrameOrigin> Origins { get; } = [];
    public List<short> Heard { get; } = [];
    public List<long> Positions { get; } = [];
    public bool KeepsRecord { get; set; } = true;
    public Func<long, short> Says { get; set; } = _ => 0;

    public void Agree(string media)
    {
        var text = (media.StartsWith("c=", StringComparison.Ordinal) ? "v=0\r\n" : "v=0\r\nc=IN IP4 192.0.2.1\r\n") + media;
        Assert.True(SdpDescription.TryParse(text, out var offer, out _));
        var agreed = OfferAnswer.Answer(offer!, new LocalAudio
        {
            Codecs = _codecs,
            Address = IPAddress.Loopback,
            Port = 10000,
            SessionId = 1,
        }, 1).Agreed!;
        var remote = agreed.RemoteHost is null ? null : new IPEndPoint(IPAddress.Parse(agreed.RemoteHost), agreed.RemotePort).Serialize();
        Session.Use(new MediaPlan(agreed, remote, remote));
    }

    public void Tick(int count = 1)
    {
        for (var i = 0; i < count; i++)
        {
            Session.Tick(NowNs);
            NowNs += TickNs;
        }
    }

    /// <summary>The machine stands still for so long.</summary>
    public void Stall(TimeSpan time) => NowNs += (long)time.TotalNanoseconds;

    /// <summary>A packet of the peer: 20 ms of a level that tells its number.</summary>
    public void Feed(int number, uint ssrc = 5, IPEndPoint? from = null, byte payloadType = 0, int samples = 160, short? level = null, uint firstTimestamp = 0, ushort firstSequence = 0, bool marker = false)
    {
        var pcm = new short[samples];
        Array.Fill(pcm, level ?? 1000);
        var payload = new byte[samples];
        if (payloadType == 8)
            G711.ALawEncode(pcm, payload);
        else
            G711.MuLawEncode(pcm, payload);
        FeedRaw(payloadType, marker, (ushort)(firstSequence + number), firstTimestamp + (uint)(number * samples), payload, ssrc, from);
    }

    public void FeedRaw(byte payloadType, bool marker, ushort sequence, uint timestamp, ReadOnlySpan<byte> payload, uint ssrc = 5, IPEndPoint? from = null)
    {
        var datagram = new byte[12 + payload.Length];
        RtpPacket.Write(datagram, payloadType, marker, sequence, timestamp, ssrc, payload);
        Rtp.Incoming.Enqueue((datagram, (from ?? Peer).Serialize()));
    }

    public void FeedEvent(ushort sequence, uint timestamp, byte code, int duration, bool end = false, bool marker = false) =>
        FeedRaw(101, marker, sequence, timestamp, [code, (byte)((end ? 0x80 : 0) | 10), (byte)(duration >> 8), (byte)duration]);

    bool IAudioPeer.Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
    {
        for (var i = 0; i < toSend.Length; i++)
            toSend[i] = Says(position + i);
        if (!KeepsRecord)
            return true;
        Positions.Add(position);
        Origins.Add(origin);
        Heard.AddRange(received);
        return true;
    }

    void IMediaNotices.Key(ReceivedKey key, DtmfSource source) => Keys.Add((key, source));

    void IMediaNotices.TimedOut(TimeSpan silence) => Timeouts.Add(silence);

    void IMediaNotices.Failed(Exception exception) => throw exception;
}

internal sealed class FakePort : IDatagramPort
{
    public Queue<(byte[] Datagram, SocketAddress From)> Incoming { get; } = new();

    public List<(byte[] Datagram, SocketAddress To)> Sent { get; } = [];

    public bool Discards { get; set; }

    public Action? OnSend { get; set; }

    public int LocalPort => 10000;

    public IEnumerable<(bool Marker, byte Type, ushort Sequence, uint Timestamp, byte[] Payload)> SentRtp()
    {
        foreach (var (datagram, _) in Sent)
            yield return Read(datagram);
    }

    public int Receive(Span<byte> buffer, SocketAddress from)
    {
        if (!Incoming.TryDequeue(out var next))
            return -1;
        var length = Math.Min(next.Datagram.Length, buffer.Length);
        next.Datagram.AsSpan(0, length).CopyTo(buffer);
        next.From.Buffer.Span[..next.From.Size].CopyTo(from.Buffer.Span);
        from.Size = next.From.Size;
        return length;
    }

    public bool Send(ReadOnlySpan<byte> datagram, SocketAddress to)
    {
        OnSend?.Invoke();
        if (!Discards)
        {
            var copy = new SocketAddress(to.Family, to.Size);
            to.Buffer.Span[..to.Size].CopyTo(copy.Buffer.Span);
            Sent.Add((datagram.ToArray(), copy));
        }
        return true;
    }

    public void Dispose()
    {
    }

    private static (bool, byte, ushort, uint, byte[]) Read(byte[] datagram)
    {
        Assert.True(RtpPacket.TryParse(datagram, out var packet, out var error), error.ToString());
        return (packet.Marker, packet.PayloadType, packet.SequenceNumber, packet.Timestamp, packet.Payload.ToArray());
    }
}
