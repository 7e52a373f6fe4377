using PhoneAgent.Audio;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Rtp;

public sealed class RtcpTests
{
    private const string Plain = "m=audio 4000 RTP/AVP 0\r\n";
    private const string Muxed = Plain + "a=rtcp-mux\r\n";

    [Theory]
    [InlineData(Plain)]
    [InlineData(Muxed)]
    public void ReportsEveryFewSecondsToTheRightPort(string media)
    {
        var rig = new MediaRig(media, rtcp: true);
        for (var i = 0; i < 1500; i++, rig.Tick())
            if (i % 10 != 9)
                rig.Feed(i);
        var reports = (media == Muxed ? rig.Rtp : rig.Rtcp).Sent.Where(s => Rtcp.IsRtcp(s.Datagram)).ToList();
        Assert.InRange(reports.Count, 4, 13);
        var reader = new RtcpReader(reports[^1].Datagram);
        Assert.True(reader.MoveNext());
        Assert.Equal((RtcpPacketType.SenderReport, 77u, 1), (reader.Type, reader.Ssrc, reader.ReportBlockCount));
        var block = reader.ReportBlock(0);
        Assert.Equal(5u, block.Ssrc);
        Assert.InRange(block.FractionLost, 20, 32);
        Assert.True(reader.MoveNext());
        Assert.Equal("test"u8.ToArray(), reader.CanonicalName().ToArray());
        Assert.False(reader.MoveNext());
        Assert.False(reader.IsMalformed);
    }

    [Fact]
    public void TwoSidesKnowTheRoundTripAndLoss()
    {
        var a = new MediaRig(Muxed, rtcp: true);
        var b = new MediaRig(Muxed, rtcp: true);
        for (var i = 0; i < 2000; i++)
        {
            a.Tick();
            b.Tick();
            Carry(a, b, drop: i % 5 == 0);
            Carry(b, a, drop: false);
        }
        // A datagram waits for the other's tick on either way: 20 ms at most each.
        Assert.InRange(a.Session.Statistics.RoundTrip!.Value.TotalMilliseconds, 10, 45);
        Assert.InRange(a.Session.Statistics.RemoteLossFraction!.Value, 0.15, 0.25);
        Assert.Equal(0, b.Session.Statistics.RemoteLossFraction);
    }

    [Fact]
    public void WithoutAudioOfOursReportsAsReceiver()
    {
        var rig = new MediaRig(Plain, rtcp: true);
        for (var i = 0; i < 100; i++, rig.Tick())
            rig.Feed(i);
        rig.Agree(Plain + "a=sendonly\r\n");
        for (var i = 100; i < 1600; i++, rig.Tick())
            rig.Feed(i);
        var reader = new RtcpReader(rig.Rtcp.Sent[^1].Datagram);
        Assert.True(reader.MoveNext());
        Assert.Equal(RtcpPacketType.ReceiverReport, reader.Type);
    }

    [Fact]
    public void ReportsNothingOfAnotherSourcesSenderReport()
    {
        var rig = new MediaRig(Plain, rtcp: true);
        for (var i = 0; i < 20; i++, rig.Tick())
            rig.Feed(i);
        var report = new byte[28];
        Rtcp.WriteSenderReport(report, 5, new RtcpSenderInfo(0x1122334455667788, 0, 1, 1), []);
        rig.Rtcp.Incoming.Enqueue((report, MediaRig.Peer.Serialize()));
        rig.Tick(20);
        for (var i = 0; i < 500; i++, rig.Tick())
            rig.Feed(i, ssrc: 6, firstSequence: 30000);
        var reader = new RtcpReader(rig.Rtcp.Sent[^1].Datagram);
        Assert.True(reader.MoveNext());
        Assert.Equal((6u, 0u, 0u), (reader.ReportBlock(0).Ssrc, reader.ReportBlock(0).LastSenderReport, reader.ReportBlock(0).DelaySinceLastSenderReport));
    }

    [Fact]
    public void SaysGoodbyeAtTheEnd()
    {
        var rig = new MediaRig(Plain, rtcp: true);
        for (var i = 0; i < 10; i++, rig.Tick())
            rig.Feed(i);
        rig.Session.End(rig.NowNs);
        rig.Session.End(rig.NowNs);
        var reader = new RtcpReader(Assert.Single(rig.Rtcp.Sent).Datagram);
        while (reader.MoveNext() && reader.Type != RtcpPacketType.Bye)
        {
        }
        Assert.True(reader.SaysGoodbye(77));
        var frames = rig.Positions.Count;
        rig.Tick(3);
        Assert.Equal(frames, rig.Positions.Count);
    }

    private static void Carry(MediaRig from, MediaRig to, bool drop)
    {
        foreach (var (datagram, _) in from.Rtp.Sent)
            if (!drop || Rtcp.IsRtcp(datagram))
                to.Rtp.Incoming.Enqueue((datagram, MediaRig.Peer.Serialize()));
        from.Rtp.Sent.Clear();
    }
}
