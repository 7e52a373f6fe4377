using System.Net;
using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Rtp;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Rtp;

public sealed class RtpSessionTests
{
    [Fact]
    public void ACallThatEndedBeforeItsAudioBeganStaysSilent()
    {
        var rig = new MediaRig(start: false);
        rig.Session.End(rig.NowNs);

        rig.Session.Start(rig);
        rig.Tick(5);

        Assert.Empty(rig.Positions);
        Assert.Empty(rig.Rtp.Sent);
    }

    [Fact]
    public void ASecondPeerIsABug()
    {
        var rig = new MediaRig();
        Assert.Throws<InvalidOperationException>(() => rig.Session.Start(rig));
    }

    [Fact]
    public void EveryTickIsAFrameAndAPacket()
    {
        var rig = new MediaRig();
        rig.Tick(50);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => i * 320L), rig.Positions);
        var sent = rig.Rtp.SentRtp().ToList();
        Assert.Equal(50, sent.Count);
        Assert.Equal([true, .. Enumerable.Repeat(false, 49)], sent.Select(p => p.Marker));
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal((unchecked((ushort)(65530 + i)), unchecked(0xFFFFFF00u + (uint)(160 * i))), (sent[i].Sequence, sent[i].Timestamp));
            Assert.Equal(160, sent[i].Payload.Length);
        }
    }

    [Theory]
    [InlineData(10, 80, 60)]
    [InlineData(20, 160, 30)]
    [InlineData(30, 240, 20)]
    [InlineData(40, 320, 15)]
    [InlineData(60, 480, 10)]
    public void CarriesEveryPtimeBothWays(int ptime, int samples, int packets)
    {
        var rig = new MediaRig($"m=audio 4000 RTP/AVP 0\r\na=ptime:{ptime}\r\n") { Says = _ => 8000 };
        var fed = 0;
        for (var tick = 0; tick < 30; tick++)
        {
            for (; fed * ptime < (tick + 1) * 20; fed++)
                rig.Feed(fed, samples: samples);
            rig.Tick();
        }
        var sent = rig.Rtp.SentRtp().ToList();
        Assert.Equal(packets, sent.Count);
        Assert.All(sent, p => Assert.Equal(samples, p.Payload.Length));
        Assert.Equal(Enumerable.Range(0, packets).Select(i => unchecked(0xFFFFFF00u + (uint)(samples * i))), sent.Select(p => p.Timestamp));
        Assert.All(rig.Origins.Skip(10), o => Assert.Equal(FrameOrigin.Received, o));
        Assert.All(rig.Heard.Skip(12 * 320), s => Assert.InRange(s, 900, 1100));
    }

    [Theory]
    [InlineData(0, 0u)]
    [InlineData(65500, 0xFFFFF000u)]
    public void HearsAStreamAcrossTheWrapOfItsNumbers(int firstSequence, uint firstTimestamp)
    {
        var rig = new MediaRig();
        for (var i = 0; i < 100; i++)
        {
            rig.Feed(i, firstSequence: (ushort)firstSequence, firstTimestamp: firstTimestamp);
            rig.Tick();
        }
        Assert.All(rig.Origins.Skip(5), o => Assert.Equal(FrameOrigin.Received, o));
        Assert.Equal((100, 0, 0, 0), Counts(rig));
    }

    [Fact]
    public void ReordersDropsDuplicatesAndConceals()
    {
        var rig = new MediaRig();
        int[] order = [0, 1, 2, 3, 5, 4, 6, 7, 7, 8, 9, 11, 12, 13, 14, 15];
        foreach (var number in order)
        {
            rig.Feed(number);
            rig.Tick();
        }
        rig.Tick(2);
        var statistics = rig.Session.Statistics;
        Assert.Equal((16, 1, 0), (statistics.PacketsReceived, statistics.PacketsDuplicate, statistics.PacketsRefused));
        Assert.True(statistics.FramesConcealed >= 1);
        Assert.Contains(FrameOrigin.Concealed, rig.Origins);
    }

    [Theory]
    [InlineData(1.002)]
    [InlineData(0.998)]
    public void FollowsASenderWhoseClockDrifts(double speed)
    {
        var rig = new MediaRig();
        var random = new Random(1);
        var fed = 0;
        for (var tick = 0; tick < 3000; tick++)
        {
            for (; fed < tick * speed; fed++)
                rig.Feed(fed, level: (short)(3000 * Math.Sin(fed * 0.7)));
            rig.Tick();
        }
        var heard = rig.Origins.Count(o => o == FrameOrigin.Received);
        Assert.True(heard > 2900, $"{heard} of 3000 frames were heard");
        Assert.True(rig.Session.Statistics.PacketsLate < 30);
    }

    [Fact]
    public void CountsWhatIsNoPacketOfTheCall()
    {
        var rig = new MediaRig();
        byte[][] rubbish = [[], [0x80], new byte[12], [0x40, .. new byte[20]], [0x8F, 0, .. new byte[10]], [0x90, 0, .. new byte[11], 0xFF, 0xFF, 0xFF], [0xA0, 0, .. new byte[10], 0xFF]];
        foreach (var datagram in rubbish)
            rig.Rtp.Incoming.Enqueue((datagram, MediaRig.Peer.Serialize()));
        rig.FeedRaw(96, false, 1, 1, new byte[10]);
        rig.Tick();
        Assert.Equal(rubbish.Length + 1, rig.Session.Statistics.PacketsRefused);
        Assert.Equal(0, rig.Session.Statistics.PacketsReceived);
    }

    [Fact]
    public void ReadsPacketsWithCsrcExtensionAndPadding()
    {
        var rig = new MediaRig();
        var payload = new byte[160];
        Array.Fill(payload, (byte)0x80);
        for (var i = 0; i < 10; i++, rig.Tick())
            rig.Rtp.Incoming.Enqueue(([0xB1, 0, 0, (byte)i, 0, 0, (byte)((i * 160) >> 8), (byte)(i * 160), 0, 0, 0, 5, 1, 2, 3, 4,
                0xBE, 0xDE, 0, 1, 0, 0, 0, 0, .. payload, 0, 0, 0, 4], MediaRig.Peer.Serialize()));
        Assert.Equal(10, rig.Session.Statistics.PacketsReceived);
        Assert.True(Math.Abs(rig.Heard[^1]) > 30000);
    }

    [Fact]
    public void OnHoldThePeerIsNotHeardAndNothingIsSent()
    {
        var rig = new MediaRig(timeout: TimeSpan.FromSeconds(1));
        for (var i = 0; i < 20; i++, rig.Tick())
            rig.Feed(i);
        rig.Agree("m=audio 4000 RTP/AVP 0\r\na=sendonly\r\n");
        var sent = rig.Rtp.Sent.Count;
        for (var i = 20; i < 200; i++, rig.Tick())
            rig.Feed(i);
        Assert.Equal(sent, rig.Rtp.Sent.Count);
        Assert.All(rig.Origins.Skip(21), o => Assert.Equal(FrameOrigin.Silence, o));
        Assert.Empty(rig.Timeouts);
        Assert.Equal(200, rig.Positions.Count);

        rig.Agree("m=audio 4000 RTP/AVP 0\r\n");
        rig.Tick();
        var first = rig.Rtp.SentRtp().Last();
        Assert.True(first.Marker);
        Assert.Equal(unchecked(0xFFFFFF00u + (200 * 160)), first.Timestamp);
    }

    [Fact]
    public void TellsOnceThatNothingComes()
    {
        var rig = new MediaRig(timeout: TimeSpan.FromSeconds(2));
        rig.Tick(20);
        rig.Feed(0);
        rig.Tick(99);
        Assert.Empty(rig.Timeouts);
        rig.Tick(200);
        Assert.Equal(TimeSpan.FromSeconds(2), Assert.Single(rig.Timeouts));
    }

    [Fact]
    public void AStallIsAPauseForThePeer()
    {
        var rig = new MediaRig();
        rig.Tick(10);
        rig.Stall(TimeSpan.FromMilliseconds(40));   // made up for by the schedule
        rig.Tick(5);
        Assert.Equal(Enumerable.Range(0, 15).Select(i => unchecked(0xFFFFFF00u + (uint)(160 * i))), rig.Rtp.SentRtp().Select(p => p.Timestamp));
        rig.Stall(TimeSpan.FromMilliseconds(960));
        rig.Tick();
        var last = rig.Rtp.SentRtp().Last();
        Assert.True(last.Marker);
        Assert.Equal(unchecked(0xFFFFFF00u + ((15 + 50) * 160)), last.Timestamp);
    }

    [Fact]
    public void WhatCameWhileItRangIsNotPlayed()
    {
        var rig = new MediaRig(start: false);
        for (var i = 0; i < 200; i++)
            rig.Feed(i, level: 9000);
        rig.Start();
        for (var i = 200; i < 220; i++, rig.Tick())
            rig.Feed(i);
        Assert.Equal(20, rig.Session.Statistics.PacketsReceived);
        Assert.All(rig.Heard, s => Assert.True(s < 2000));
        Assert.InRange(rig.Session.JitterDelay.TotalMilliseconds, 0, 40);
    }

    [Fact]
    public void ATickDoesNotWaitForAnEndThatIsUnderWay()
    {
        var rig = new MediaRig(rtcp: true);
        rig.Tick(5);
        var frames = rig.Positions.Count;
        var during = -1;
        rig.Rtcp.OnSend = () =>
        {
            var tick = new Thread(() => rig.Tick());
            tick.Start();
            Assert.True(tick.Join(TimeSpan.FromSeconds(20)), "the tick waits for the call's end");
            during = rig.Positions.Count;
        };
        rig.Session.End(rig.NowNs);
        Assert.Equal(frames, during);
    }

    [Fact]
    public void NoiseFollowsSpeechWithoutConcealment()
    {
        var rig = new MediaRig();
        for (var i = 0; i < 10; i++, rig.Tick())
            rig.Feed(i);
        rig.FeedRaw(13, false, 10, 1600, [40]);
        rig.Tick(50);
        Assert.Equal(0, rig.Session.Statistics.FramesConcealed);
    }

    [Fact]
    public void PlaysComfortNoiseOfTheLevelThatWasTold()
    {
        var rig = new MediaRig();
        for (var i = 0; i < 10; i++, rig.Tick())
            rig.Feed(i);
        rig.FeedRaw(13, false, 10, 1600, [40]);
        rig.Tick(50);
        var noise = rig.Heard.TakeLast(3200).Select(s => (double)s * s).Average();
        Assert.InRange(10 * Math.Log10(noise / (32768.0 * 32768.0)), -46, -36);
        Assert.Equal(FrameOrigin.Silence, rig.Origins[^1]);
    }

    [Fact]
    public void AllocatesNothingPerTick()
    {
        var rig = new MediaRig(rtcp: true) { KeepsRecord = false, Says = p => (short)(p % 1000) };
        rig.Rtp.Discards = rig.Rtcp.Discards = true;
        var packets = Enumerable.Range(0, 1700).ToList();
        foreach (var i in packets)
            rig.Feed(i % 7 == 3 ? i + 1 : i);   // with losses and duplicates
        var queue = rig.Rtp.Incoming.ToArray();
        rig.Rtp.Incoming.Clear();
        // Long enough for the first RTCP report, whose time is drawn by lot (RFC 3550 §6.2): what is made once may be made then.
        for (var i = 0; i < 700; i++, rig.Tick())
            rig.Rtp.Incoming.Enqueue(queue[i]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 700; i < 1700; i++, rig.Tick())
            rig.Rtp.Incoming.Enqueue(queue[i]);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(rig.Session.Statistics.FramesConcealed > 0);
    }

    [Fact]
    public void AllocatesNothingInHalfAnHour()
    {
        var rig = new MediaRig(rtcp: true) { KeepsRecord = false };
        rig.Rtp.Discards = rig.Rtcp.Discards = true;
        rig.Rtp.Incoming.EnsureCapacity(4);
        var packet = new byte[12 + 160];
        (byte[], SocketAddress) next = (packet, MediaRig.Peer.Serialize());
        long before = 0;
        for (var i = 0; i < 100_000; i++, rig.Tick())
        {
            if (i == 10_000)
                before = GC.GetAllocatedBytesForCurrentThread();
            RtpPacket.Write(packet, 0, false, (ushort)i, (uint)(i * 160), 5, packet.AsSpan(12));
            rig.Rtp.Incoming.Enqueue(next);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(100_000, rig.Session.Statistics.PacketsReceived);
    }

    [Fact]
    public void RandomDatagramsHarmNothing()
    {
        var rig = new MediaRig(rtcp: true) { KeepsRecord = false };
        var random = new Random(99);
        for (var i = 0; i < 20_000; i++)
        {
            var datagram = new byte[random.Next(0, 300)];
            random.NextBytes(datagram);
            if (datagram.Length > 2)
            {
                datagram[0] = (byte)(0x80 | (random.Next(4) == 0 ? datagram[0] & 0x3F : 0));
                datagram[1] = random.Next(3) switch { 0 => (byte)random.Next(200, 206), 1 => (byte)(random.Next(2) * 8), _ => 101 };
            }
            (random.Next(4) == 0 ? rig.Rtcp : rig.Rtp).Incoming.Enqueue((datagram, MediaRig.Peer.Serialize()));
            if (i % 3 == 0)
                rig.Tick();
        }
        rig.Rtp.Incoming.Clear();
        for (var i = 0; i < 120; i++, rig.Tick())
            rig.Feed(i, ssrc: 5);
        rig.KeepsRecord = true;
        for (var i = 120; i < 140; i++, rig.Tick())
            rig.Feed(i, ssrc: 5);
        Assert.Equal(FrameOrigin.Received, rig.Origins[^1]);
    }

    private static (long, long, long, long) Counts(MediaRig rig)
    {
        var s = rig.Session.Statistics;
        return (s.PacketsReceived, s.PacketsLost, s.PacketsLate, s.PacketsRefused);
    }
}
