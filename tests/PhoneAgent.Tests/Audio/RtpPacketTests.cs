using PhoneAgent.Audio;
using Xunit;

namespace PhoneAgent.Tests.Audio;

public class RtpPacketTests
{
    [Fact]
    public void A_written_packet_reads_back()
    {
        var random = new Random(1);
        for (int i = 0; i < 2000; i++)
        {
            var payload = new byte[random.Next(0, 500)];
            random.NextBytes(payload);
            byte type = (byte)random.Next(0, 128);
            // 64–95 with the marker are RTCP's on a shared port.
            bool marker = type is < 64 or > 95 && random.Next(2) == 0;
            ushort sequence = (ushort)random.Next();
            uint timestamp = (uint)random.NextInt64();
            uint ssrc = (uint)random.NextInt64();
            var bytes = new byte[600];
            int length = RtpPacket.Write(bytes, type, marker, sequence, timestamp, ssrc, payload);
            Assert.Equal(12 + payload.Length, length);
            Assert.True(RtpPacket.TryParse(bytes.AsSpan(0, length), out RtpPacket packet));
            Assert.Equal((type, marker, sequence, timestamp, ssrc), (packet.PayloadType, packet.Marker, packet.SequenceNumber, packet.Timestamp, packet.Ssrc));
            Assert.Equal(payload, packet.Payload.ToArray());
        }
    }

    [Fact]
    public void Csrc_extension_and_padding_are_taken_off_the_payload()
    {
        byte[] bytes =
        [
            0x80 | 0x20 | 0x10 | 2, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3,
            1, 1, 1, 1, 2, 2, 2, 2,
            0xBE, 0xDE, 0, 1, 9, 9, 9, 9,
            42, 43, 0, 0, 3,
        ];
        Assert.True(RtpPacket.TryParse(bytes, out RtpPacket packet));
        Assert.Equal(8, packet.Csrcs.Length);
        Assert.Equal(0xBEDE, packet.ExtensionProfile);
        Assert.Equal([9, 9, 9, 9], packet.Extension.ToArray());
        Assert.Equal([42, 43], packet.Payload.ToArray());
    }

    [Theory]
    [InlineData(new byte[] { 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, RtpParseError.TooShort)]
    [InlineData(new byte[] { 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, RtpParseError.Version)]
    [InlineData(new byte[] { 0x80, 200, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, RtpParseError.IsRtcp)]
    [InlineData(new byte[] { 0x81, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 }, RtpParseError.Csrc)]
    [InlineData(new byte[] { 0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 }, RtpParseError.Extension)]
    [InlineData(new byte[] { 0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF }, RtpParseError.Extension)]
    [InlineData(new byte[] { 0xA0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, RtpParseError.Padding)]
    [InlineData(new byte[] { 0xA0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, RtpParseError.Padding)]
    [InlineData(new byte[] { 0xA0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 3 }, RtpParseError.Padding)]
    public void What_is_wrong_is_refused_with_its_reason(byte[] bytes, RtpParseError expected)
    {
        Assert.False(RtpPacket.TryParse(bytes, out _, out RtpParseError error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void A_destination_that_is_too_short_is_left_alone()
    {
        var bytes = new byte[20];
        Assert.Equal(0, RtpPacket.Write(bytes, 0, false, 1, 1, 1, new byte[9]));
        Assert.All(bytes, b => Assert.Equal(0, b));
    }

    [Fact]
    public void Numbers_extend_across_wraps_in_both_directions()
    {
        Assert.Equal(65536 + 2, RtpSequence.Extend(2, 65530));
        Assert.Equal(65530, RtpSequence.Extend(65530, 65536 + 2));
        Assert.Equal(-3, RtpSequence.Extend(65533, 1));
        Assert.Equal(5, RtpSequence.Difference(2, 65533));
        Assert.Equal(-5, RtpSequence.Difference(65533, 2));
        Assert.Equal((1L << 32) + 80, RtpSequence.ExtendTimestamp(80, (1L << 32) - 80));
        Assert.Equal(160, RtpSequence.TimestampDifference(80, unchecked((uint)-80)));
        var random = new Random(3);
        for (int i = 0; i < 10000; i++)
        {
            long reference = random.NextInt64(-1L << 40, 1L << 40);
            long actual = reference + random.Next(-32000, 32000);
            Assert.Equal(actual, RtpSequence.Extend(unchecked((ushort)actual), reference));
        }
    }
}
