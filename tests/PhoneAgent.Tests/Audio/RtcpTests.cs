using System.Text;
using PhoneAgent.Audio;
using Xunit;

namespace PhoneAgent.Tests.Audio;

public class RtcpTests
{
    private static readonly RtcpReportBlock Block = new(0x01020304, 17, -3, 0x00012345, 99, 0xAABBCCDD, 65536);

    [Fact]
    public void A_compound_of_every_type_reads_back()
    {
        var bytes = new byte[512];
        var info = new RtcpSenderInfo(0x1122334455667788, 160, 5, 800);
        int length = Rtcp.WriteSenderReport(bytes, 7, info, [Block, Block with { CumulativeLost = 0x7FFFFF }]);
        length += Rtcp.WriteCanonicalName(bytes.AsSpan(length), 7, "agent@192.0.2.1");
        length += Rtcp.WriteReceiverReport(bytes.AsSpan(length), 8, [Block]);
        // An application packet that nobody here knows.
        bytes[length] = 0x80;
        bytes[length + 1] = (byte)RtcpPacketType.Application;
        bytes[length + 3] = 2;
        length += 12;
        length += Rtcp.WriteBye(bytes.AsSpan(length), 7);

        Assert.True(Rtcp.IsRtcp(bytes));
        var reader = new RtcpReader(bytes.AsSpan(0, length));
        Assert.True(reader.MoveNext());
        Assert.Equal((RtcpPacketType.SenderReport, 7u, 2), (reader.Type, reader.Ssrc, reader.ReportBlockCount));
        Assert.Equal(info, reader.SenderInfo);
        Assert.Equal(Block, reader.ReportBlock(0));
        Assert.Equal(0x7FFFFF, reader.ReportBlock(1).CumulativeLost);
        Assert.True(reader.MoveNext());
        Assert.Equal("agent@192.0.2.1", Encoding.UTF8.GetString(reader.CanonicalName()));
        Assert.True(reader.MoveNext());
        Assert.Equal((RtcpPacketType.ReceiverReport, 8u), (reader.Type, reader.Ssrc));
        Assert.Equal(Block, reader.ReportBlock(0));
        Assert.True(reader.MoveNext());
        Assert.Equal(RtcpPacketType.Application, reader.Type);
        Assert.True(reader.MoveNext());
        Assert.True(reader.SaysGoodbye(7));
        Assert.False(reader.SaysGoodbye(8));
        Assert.False(reader.MoveNext());
        Assert.False(reader.IsMalformed);
    }

    [Fact]
    public void A_wrong_length_ends_the_walk_and_keeps_what_came_before()
    {
        var bytes = new byte[64];
        int length = Rtcp.WriteReceiverReport(bytes, 8, []);
        int bye = Rtcp.WriteBye(bytes.AsSpan(length), 8);
        var reader = new RtcpReader(bytes.AsSpan(0, length + bye - 1));
        Assert.True(reader.MoveNext());
        Assert.False(reader.MoveNext());
        Assert.True(reader.IsMalformed);
        Assert.False(reader.MoveNext());
    }

    [Fact]
    public void A_report_that_claims_more_blocks_than_it_has_is_malformed()
    {
        var bytes = new byte[64];
        int length = Rtcp.WriteReceiverReport(bytes, 8, [Block]);
        bytes[0] = 0x80 | 2;
        var reader = new RtcpReader(bytes.AsSpan(0, length));
        Assert.False(reader.MoveNext());
        Assert.True(reader.IsMalformed);
    }

    [Fact]
    public void Round_trip_follows_RFC_3550_figure_2()
    {
        // RFC 3550 §6.4.1: A = 0xb710:8000, LSR = 0xb705:2000, DLSR = 0x0005:4000 give 6.125 s.
        var block = Block with { LastSenderReport = 0xb7052000, DelaySinceLastSenderReport = 0x00054000 };
        Assert.Equal(TimeSpan.FromSeconds(6.125), Rtcp.RoundTrip(block, 0xb7108000));
        Assert.Null(Rtcp.RoundTrip(block with { LastSenderReport = 0 }, 0xb7108000));
        Assert.Null(Rtcp.RoundTrip(block, 0xb7052000));
    }

    [Fact]
    public void Ntp_time_counts_from_1900()
    {
        // 70 years with 17 leap days to 1970.
        Assert.Equal(2208988800UL << 32, Rtcp.ToNtp(DateTimeOffset.UnixEpoch));
        Assert.Equal(0x80000000u, (uint)Rtcp.ToNtp(DateTimeOffset.UnixEpoch.AddSeconds(0.5)));
        Assert.Equal(0x7E808000u, Rtcp.MiddleNtp(Rtcp.ToNtp(DateTimeOffset.UnixEpoch.AddSeconds(0.5))));
    }

    [Fact]
    public void A_long_name_is_cut_and_stays_a_valid_packet()
    {
        var bytes = new byte[512];
        int length = Rtcp.WriteCanonicalName(bytes, 1, new string('é', 300));
        Assert.Equal(0, length % 4);
        var reader = new RtcpReader(bytes.AsSpan(0, length));
        Assert.True(reader.MoveNext());
        Assert.StartsWith("ééé", Encoding.UTF8.GetString(reader.CanonicalName()), StringComparison.Ordinal);
        Assert.Equal(0, Rtcp.WriteCanonicalName(bytes.AsSpan(0, 16), 1, "too long for this"));
    }
}
