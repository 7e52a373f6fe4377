using System.Buffers.Binary;
using System.Text;

namespace PhoneAgent.Audio;

/// <summary>
/// Compound RTCP (RFC 3550 §6): reading by <see cref="RtcpReader"/>, writing by the methods here, each of which appends
/// one packet and returns its bytes, or 0 when the destination is too short.
/// </summary>
public static class Rtcp
{
    public const int MaxReportBlocks = 31;
    internal const int ReportBlockBytes = 24;
    private const int MaxTextBytes = 255;

    /// <summary>True when a datagram on a shared port is RTCP rather than RTP (RFC 5761 §4).</summary>
    public static bool IsRtcp(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= 8 && datagram[0] >> 6 == 2 && datagram[1] is >= 192 and <= 223;

    /// <summary>NTP time: seconds since 1900 in the upper, fractions in the lower 32 bits.</summary>
    public static ulong ToNtp(DateTimeOffset time)
    {
        long ticks = (time - NtpEpoch).Ticks;
        return ((ulong)(ticks / TimeSpan.TicksPerSecond) << 32)
            | ((ulong)(ticks % TimeSpan.TicksPerSecond) << 32) / TimeSpan.TicksPerSecond;
    }

    /// <summary>The middle 32 bits of an NTP time, as LSR carries them: units of 1/65536 s.</summary>
    public static uint MiddleNtp(ulong ntp) => (uint)(ntp >> 16);

    /// <summary>Round trip from a report block about our stream (§6.4.1); null when the peer has no SR of ours or its numbers make no sense.</summary>
    public static TimeSpan? RoundTrip(in RtcpReportBlock block, uint middleNtpNow)
    {
        if (block.LastSenderReport == 0)
            return null;
        int units = unchecked((int)(middleNtpNow - block.LastSenderReport - block.DelaySinceLastSenderReport));
        return units < 0 ? null : TimeSpan.FromSeconds(units / 65536.0);
    }

    public static int WriteSenderReport(Span<byte> destination, uint ssrc, in RtcpSenderInfo info, ReadOnlySpan<RtcpReportBlock> blocks)
    {
        blocks = blocks[..Math.Min(blocks.Length, MaxReportBlocks)];
        int length = 28 + blocks.Length * ReportBlockBytes;
        if (!TryWriteHeader(destination, blocks.Length, RtcpPacketType.SenderReport, length))
            return 0;
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], ssrc);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], info.NtpTime);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], info.RtpTimestamp);
        BinaryPrimitives.WriteUInt32BigEndian(destination[20..], info.PacketCount);
        BinaryPrimitives.WriteUInt32BigEndian(destination[24..], info.OctetCount);
        WriteBlocks(destination[28..], blocks);
        return length;
    }

    public static int WriteReceiverReport(Span<byte> destination, uint ssrc, ReadOnlySpan<RtcpReportBlock> blocks)
    {
        blocks = blocks[..Math.Min(blocks.Length, MaxReportBlocks)];
        int length = 8 + blocks.Length * ReportBlockBytes;
        if (!TryWriteHeader(destination, blocks.Length, RtcpPacketType.ReceiverReport, length))
            return 0;
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], ssrc);
        WriteBlocks(destination[8..], blocks);
        return length;
    }

    /// <summary>SDES with the CNAME item, which every compound packet must carry (§6.5.1). Longer names are cut at 255 bytes.</summary>
    public static int WriteCanonicalName(Span<byte> destination, uint ssrc, string canonicalName)
    {
        int textBytes = Math.Min(Encoding.UTF8.GetByteCount(canonicalName), MaxTextBytes);
        // The item list ends with at least one zero byte and is filled up to whole words.
        int length = 8 + (2 + textBytes + 1 + 3) / 4 * 4;
        if (!TryWriteHeader(destination, 1, RtcpPacketType.SourceDescription, length))
            return 0;
        destination[4..length].Clear();
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], ssrc);
        destination[8] = 1;
        destination[9] = (byte)textBytes;
        Encoding.UTF8.GetEncoder().Convert(canonicalName, destination.Slice(10, textBytes), flush: true, out _, out _, out _);
        return length;
    }

    public static int WriteBye(Span<byte> destination, uint ssrc)
    {
        if (!TryWriteHeader(destination, 1, RtcpPacketType.Bye, 8))
            return 0;
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], ssrc);
        return 8;
    }

    private static readonly DateTimeOffset NtpEpoch = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static bool TryWriteHeader(Span<byte> destination, int count, RtcpPacketType type, int length)
    {
        if (destination.Length < length)
            return false;
        destination[0] = (byte)(0x80 | count);
        destination[1] = (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)(length / 4 - 1));
        return true;
    }

    private static void WriteBlocks(Span<byte> destination, ReadOnlySpan<RtcpReportBlock> blocks)
    {
        foreach (ref readonly RtcpReportBlock block in blocks)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, block.Ssrc);
            int lost = Math.Clamp(block.CumulativeLost, -0x800000, 0x7FFFFF);
            BinaryPrimitives.WriteUInt32BigEndian(destination[4..], ((uint)block.FractionLost << 24) | ((uint)lost & 0xFFFFFF));
            BinaryPrimitives.WriteUInt32BigEndian(destination[8..], block.HighestSequence);
            BinaryPrimitives.WriteUInt32BigEndian(destination[12..], block.Jitter);
            BinaryPrimitives.WriteUInt32BigEndian(destination[16..], block.LastSenderReport);
            BinaryPrimitives.WriteUInt32BigEndian(destination[20..], block.DelaySinceLastSenderReport);
            destination = destination[ReportBlockBytes..];
        }
    }
}

public enum RtcpPacketType : byte
{
    SenderReport = 200,
    ReceiverReport = 201,
    SourceDescription = 202,
    Bye = 203,
    Application = 204,
}

/// <param name="NtpTime">See <see cref="Rtcp.ToNtp"/>.</param>
/// <param name="RtpTimestamp">The stream's timestamp at that time.</param>
public readonly record struct RtcpSenderInfo(ulong NtpTime, uint RtpTimestamp, uint PacketCount, uint OctetCount);

/// <summary>What a receiver says about one source (RFC 3550 §6.4.1).</summary>
/// <param name="FractionLost">In 1/256 since the last report.</param>
/// <param name="CumulativeLost">Signed 24 bits: duplicates can make it negative.</param>
/// <param name="HighestSequence">Extended sequence number, wraps in the upper 16 bits.</param>
/// <param name="Jitter">In timestamp units.</param>
/// <param name="LastSenderReport">Middle 32 bits of the NTP time; 0 when none came.</param>
/// <param name="DelaySinceLastSenderReport">In 1/65536 s.</param>
public readonly record struct RtcpReportBlock(
    uint Ssrc, byte FractionLost, int CumulativeLost, uint HighestSequence, uint Jitter, uint LastSenderReport, uint DelaySinceLastSenderReport);
