using System.Globalization;
using System.Net;
using System.Net.Sockets;
using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Codecs;
using PhoneAgent.Telephony.Rtp;
using PhoneAgent.Telephony.Sdp;

namespace PhoneAgent.Benchmarks;

/// <summary>The arithmetic of a tick without the operating system: what is left is system calls and cold caches.</summary>
internal static class MediaTick
{
    private const int Ticks = 100_000;

    public static int Run()
    {
        var port = new Loop();
        var session = new RtpSession(new RtpSessionSettings
        {
            AddressFamily = AddressFamily.InterNetwork,
            ClockRate = 8000,
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
        }, new RtpPortPair(port, new Loop { IsSilent = true }), new Nobody());
        if (!SdpDescription.TryParse("v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n", out var offer, out _))
            return 1;
        var local = new LocalAudio { Codecs = [G711Codec.Pcmu], Address = IPAddress.Loopback, Port = 10000, SessionId = 1 };
        session.Use(new MediaPlan(OfferAnswer.Answer(offer!, local, 1).Agreed!, new IPEndPoint(IPAddress.Parse("192.0.2.1"), 4000).Serialize(), null));
        session.Start(new Echo());
        for (var i = 0; i < Ticks; i++)
            session.Tick(i * 20_000_000L);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var start = TimeProvider.System.GetTimestamp();
        for (var i = Ticks; i < 2 * Ticks; i++)
            session.Tick(i * 20_000_000L);
        var us = TimeProvider.System.GetElapsedTime(start).TotalMicroseconds / Ticks;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a tick {us:F2} µs ({us * 50 / 1000:F3} ms per call-second), {allocated} bytes allocated in {Ticks} ticks, {session.Statistics.PacketsReceived} packets"));
        return 0;
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
