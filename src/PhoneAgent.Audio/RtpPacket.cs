using System.Buffers.Binary;

namespace PhoneAgent.Audio;

/// <summary>A view of a received RTP packet (RFC 3550 §5.1). Valid as long as the bytes it was parsed from.</summary>
public readonly ref struct RtpPacket
{
    public const int HeaderBytes = 12;
    private const int Version2 = 0x80;

    public byte PayloadType { get; private init; }
    public bool Marker { get; private init; }
    public ushort SequenceNumber { get; private init; }
    public uint Timestamp { get; private init; }
    public uint Ssrc { get; private init; }
    /// <summary>Contributing sources, 4 bytes each in network order.</summary>
    public ReadOnlySpan<byte> Csrcs { get; private init; }
    /// <summary>The profile's number of the header extension; 0 without one.</summary>
    public ushort ExtensionProfile { get; private init; }
    /// <summary>The extension's words without its header.</summary>
    public ReadOnlySpan<byte> Extension { get; private init; }
    /// <summary>The payload without padding; may be empty.</summary>
    public ReadOnlySpan<byte> Payload { get; private init; }

    public static bool TryParse(ReadOnlySpan<byte> datagram, out RtpPacket packet, out RtpParseError error)
    {
        packet = default;
        if (datagram.Length < HeaderBytes)
            return Fail(RtpParseError.TooShort, out error);
        byte first = datagram[0];
        if (first >> 6 != 2)
            return Fail(RtpParseError.Version, out error);
        // RFC 5761 §4: payload types 64–95 with the marker are RTCP on a shared port.
        if (datagram[1] is >= 192 and <= 223)
            return Fail(RtpParseError.IsRtcp, out error);

        ReadOnlySpan<byte> rest = datagram[HeaderBytes..];
        int csrcBytes = (first & 0x0F) * 4;
        if (rest.Length < csrcBytes)
            return Fail(RtpParseError.Csrc, out error);
        ReadOnlySpan<byte> csrcs = rest[..csrcBytes];
        rest = rest[csrcBytes..];

        ushort profile = 0;
        ReadOnlySpan<byte> extension = default;
        if ((first & 0x10) != 0)
        {
            if (rest.Length < 4)
                return Fail(RtpParseError.Extension, out error);
            profile = BinaryPrimitives.ReadUInt16BigEndian(rest);
            int extensionBytes = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) * 4;
            rest = rest[4..];
            if (rest.Length < extensionBytes)
                return Fail(RtpParseError.Extension, out error);
            extension = rest[..extensionBytes];
            rest = rest[extensionBytes..];
        }

        if ((first & 0x20) != 0)
        {
            // The last byte counts itself.
            if (rest.IsEmpty || rest[^1] == 0 || rest[^1] > rest.Length)
                return Fail(RtpParseError.Padding, out error);
            rest = rest[..^rest[^1]];
        }

        packet = new RtpPacket
        {
            PayloadType = (byte)(datagram[1] & 0x7F),
            Marker = (datagram[1] & 0x80) != 0,
            SequenceNumber = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]),
            Timestamp = BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]),
            Ssrc = BinaryPrimitives.ReadUInt32BigEndian(datagram[8..]),
            Csrcs = csrcs,
            ExtensionProfile = profile,
            Extension = extension,
            Payload = rest,
        };
        error = RtpParseError.None;
        return true;
    }

    public static bool TryParse(ReadOnlySpan<byte> datagram, out RtpPacket packet) => TryParse(datagram, out packet, out _);

    /// <summary>
    /// Writes a packet without CSRC, extension or padding. <paramref name="payload"/> may already lie in
    /// <paramref name="destination"/> behind the header.
    /// </summary>
    /// <returns>Bytes written, or 0 when the destination is too short.</returns>
    public static int Write(
        Span<byte> destination, byte payloadType, bool marker, ushort sequenceNumber, uint timestamp, uint ssrc, ReadOnlySpan<byte> payload)
    {
        if (destination.Length < HeaderBytes + payload.Length)
            return 0;
        payload.CopyTo(destination[HeaderBytes..]);
        destination[0] = Version2;
        destination[1] = (byte)((payloadType & 0x7F) | (marker ? 0x80 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], sequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], ssrc);
        return HeaderBytes + payload.Length;
    }

    private static bool Fail(RtpParseError reason, out RtpParseError error)
    {
        error = reason;
        return false;
    }
}

public enum RtpParseError
{
    None,
    TooShort,
    Version,
    IsRtcp,
    Csrc,
    Extension,
    Padding,
}
