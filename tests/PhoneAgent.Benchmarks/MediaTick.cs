using System.Net;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Session;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Telephony.Codecs;
using PhoneAgent.Telephony.Rtp;
using PhoneAgent.Telephony.Sdp;

namespace PhoneAgent.Benchmarks;

/// <summary>
/// A whole tick of one call on the media thread, without the operating system: packet → jitter buffer → decode → 16 kHz →
/// peer → 8 kHz → encode → packet. What is left of a real tick is system calls and cold caches. Must allocate nothing.
/// </summary>
[MemoryDiagnoser]
public class MediaTick
{
    private readonly SessionInbox _inbox = new();
    private RtpSession _echo = null!;
    private RtpSession _call = null!;
    private long _ns;

    [GlobalSetup]
    public void Prepare()
    {
        _echo = Open(new Echo());
        _call = Open(new MediaGate(_inbox, new SpeechQueue(), ambience: null, recorder: null));
    }

    /// <summary>The peer gives back what it gets.</summary>
    [Benchmark]
    public void EchoTick() => _echo.Tick(_ns += 20_000_000);

    /// <summary>The peer is a call's session, its loop included as far as taking the frame.</summary>
    [Benchmark]
    public void CallTick()
    {
        _call.Tick(_ns += 20_000_000);
        while (_inbox.TryRead(out SessionMessage message))
            _inbox.Done(message);
    }

    private static RtpSession Open(IAudioPeer peer)
    {
        var session = new RtpSession(new RtpSessionSettings
        {
            AddressFamily = AddressFamily.InterNetwork,
            Codecs = [G711Codec.Pcmu, G711Codec.Pcma],
            JitterMin = TimeSpan.FromMilliseconds(20),
            JitterMax = TimeSpan.FromMilliseconds(200),
            NoRtpTimeoutNs = 0,
            SendsRtcp = true,
            CanonicalName = "bench",
            Ssrc = 1,
            FirstSequence = 0,
            FirstTimestamp = 0,
            WallClock = DateTimeOffset.UnixEpoch,
            WallClockNs = 0,
        }, new RtpPortPair(new Loop(), new Loop { IsSilent = true }), new Nobody());
        if (!SdpDescription.TryParse("v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n", out var offer, out var error))
            throw new InvalidOperationException(error.ToString());
        var local = new LocalAudio { Codecs = [G711Codec.Pcmu], Address = IPAddress.Loopback, Port = 10000, SessionId = 1 };
        session.Use(new MediaPlan(OfferAnswer.Answer(offer!, local, 1).Agreed!, new IPEndPoint(IPAddress.Parse("192.0.2.1"), 4000).Serialize(), null));
        session.Start(peer);
        return session;
    }

    /// <summary>A network that gives back a packet of its own for each tick.</summary>
    private sealed class Loop : IDatagramPort
    {
        private readonly byte[] _packet = new byte[RtpPacket.HeaderBytes + 160];
        private readonly byte[] _address = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 4000).Serialize().Buffer.ToArray();
        private bool _given;
        private int _number;

        public bool IsSilent { get; init; }

        public int LocalPort => 10000;

        public int Receive(Span<byte> buffer, SocketAddress from)
        {
            _given = !_given;
            if (IsSilent || !_given)
                return -1;
            _packet.AsSpan(12).Fill((byte)(0x80 + (_number & 0x3F)));
            RtpPacket.Write(_packet, 0, false, (ushort)_number, (uint)(_number * 160), 9, _packet.AsSpan(12));
            _number++;
            _packet.CopyTo(buffer);
            _address.AsSpan(0, 16).CopyTo(from.Buffer.Span);
            from.Size = 16;
            return _packet.Length;
        }

        public bool Send(ReadOnlySpan<byte> datagram, SocketAddress to) => true;

        public void Dispose()
        {
        }
    }

    private sealed class Echo : IAudioPeer
    {
        public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
        {
            received.CopyTo(toSend);
            return true;
        }
    }

    private sealed class Nobody : IMediaNotices
    {
        public void Key(ReceivedKey key, DtmfSource source)
        {
        }

        public void TimedOut(TimeSpan silence)
        {
        }

        public void Failed(Exception exception)
        {
        }
    }
}
