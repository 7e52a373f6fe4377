using System.Buffers.Binary;

namespace PhoneAgent.Audio;

/// <summary>Why bytes are no RTP packet.</summary>
public enum RtpParseError
{
    None,
    TooShort,
    Version,
    Truncated,
    Padding,
}

/// <summary>The fixed header of an RTP packet and where its payload lies (RFC 3550 §5.1).</summary>
public readonly record struct RtpPacket(bool Marker, byte PayloadType, ushort SequenceNumber, uint Timestamp, uint Ssrc, int PayloadOffset, int PayloadLength)
{
    public const int HeaderLength = 12;

    /// <summary>Reads the header; CSRCs, extension and padding are stepped over. Never throws.</summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out RtpPacket packet, out RtpParseError error)
    {
        packet = default;
        if (datagram.Length < HeaderLength)
            return Fail(RtpParseError.TooShort, out error);
        if (datagram[0] >> 6 != 2)
            return Fail(RtpParseError.Version, out error);
        var offset = HeaderLength + ((datagram[0] & 0x0F) * 4);
        if ((datagram[0] & 0x10) != 0)
        {
            if (datagram.Length < offset + 4)
                return Fail(RtpParseError.Truncated, out error);
            offset += 4 + (BinaryPrimitives.ReadUInt16BigEndian(datagram[(offset + 2)..]) * 4);
        }
        var length = datagram.Length - offset;
        if (length < 0)
            return Fail(RtpParseError.Truncated, out error);
        if ((datagram[0] & 0x20) != 0)
        {
            var padding = datagram[^1];
            if (padding == 0 || padding > length)
                return Fail(RtpParseError.Padding, out error);
            length -= padding;
        }
        packet = new RtpPacket((datagram[1] & 0x80) != 0, (byte)(datagram[1] & 0x7F), BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]), BinaryPrimitives.ReadUInt32BigEndian(datagram[8..]), offset, length);
        error = RtpParseError.None;
        return true;
    }

    /// <summary>Writes the 12 bytes of the fixed header.</summary>
    public static void WriteHeader(Span<byte> destination, bool marker, byte payloadType, ushort sequenceNumber, uint timestamp, uint ssrc)
    {
        destination[0] = 0x80;
        destination[1] = (byte)((marker ? 0x80 : 0) | (payloadType & 0x7F));
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], sequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], ssrc);
    }

    private static bool Fail(RtpParseError why, out RtpParseError error)
    {
        error = why;
        return false;
    }
}
