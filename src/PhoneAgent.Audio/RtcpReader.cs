using System.Buffers.Binary;

namespace PhoneAgent.Audio;

/// <summary>
/// Walks the packets of a compound datagram. A wrong length ends the walk and sets <see cref="IsMalformed"/>; what was read
/// before stays good. Types that are not known are handed out too, so that the caller decides to skip them.
/// </summary>
public ref struct RtcpReader
{
    private ReadOnlySpan<byte> _rest;
    private ReadOnlySpan<byte> _body;
    private int _count;

    public RtcpReader(ReadOnlySpan<byte> datagram) => _rest = datagram;

    public RtcpPacketType Type { get; private set; }

    public bool IsMalformed { get; private set; }

    /// <summary>Report blocks in the current SR or RR; 0 for other types.</summary>
    public int ReportBlockCount { get; private set; }

    /// <summary>The sender of the current packet; the first source of an SDES or BYE; 0 when it names none.</summary>
    public readonly uint Ssrc => _body.Length >= 4 ? BinaryPrimitives.ReadUInt32BigEndian(_body) : 0;

    /// <summary>Sender's part of the current packet; zero unless it is an SR.</summary>
    public RtcpSenderInfo SenderInfo { get; private set; }

    /// <summary>Goes to the next packet; false at the end or where the bytes make no sense.</summary>
    public bool MoveNext()
    {
        ReportBlockCount = 0;
        SenderInfo = default;
        _body = default;
        if (_rest.IsEmpty)
            return false;
        if (_rest.Length < 4 || _rest[0] >> 6 != 2)
            return Malformed();
        int length = (BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]) + 1) * 4;
        if (length > _rest.Length)
            return Malformed();

        byte first = _rest[0];
        Type = (RtcpPacketType)_rest[1];
        _count = first & 0x1F;
        ReadOnlySpan<byte> body = _rest[4..length];
        _rest = _rest[length..];
        if ((first & 0x20) != 0)
        {
            // §6.4.1: only the last packet is padded, by a multiple of four that its last byte tells.
            if (body.IsEmpty || body[^1] == 0 || body[^1] > body.Length || !_rest.IsEmpty)
                return Malformed();
            body = body[..^body[^1]];
        }
        return TryReadBody(body) || Malformed();
    }

    /// <summary>One report block of the current packet.</summary>
    /// <param name="index">0 to <see cref="ReportBlockCount"/> − 1.</param>
    public readonly RtcpReportBlock ReportBlock(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)ReportBlockCount);
        int start = Type == RtcpPacketType.SenderReport ? 24 : 4;
        ReadOnlySpan<byte> block = _body.Slice(start + index * Rtcp.ReportBlockBytes, Rtcp.ReportBlockBytes);
        uint loss = BinaryPrimitives.ReadUInt32BigEndian(block[4..]);
        return new RtcpReportBlock(
            BinaryPrimitives.ReadUInt32BigEndian(block),
            (byte)(loss >> 24),
            (int)(loss << 8) >> 8,
            BinaryPrimitives.ReadUInt32BigEndian(block[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(block[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(block[16..]),
            BinaryPrimitives.ReadUInt32BigEndian(block[20..]));
    }

    /// <summary>True when the current packet is a BYE that names this source.</summary>
    public readonly bool SaysGoodbye(uint ssrc)
    {
        if (Type != RtcpPacketType.Bye)
            return false;
        for (int i = 0; i < _count && (i + 1) * 4 <= _body.Length; i++)
        {
            if (BinaryPrimitives.ReadUInt32BigEndian(_body[(i * 4)..]) == ssrc)
                return true;
        }
        return false;
    }

    /// <summary>The CNAME of the first chunk of an SDES, as UTF-8; empty when there is none.</summary>
    public readonly ReadOnlySpan<byte> CanonicalName()
    {
        if (Type != RtcpPacketType.SourceDescription || _count == 0 || _body.Length < 4)
            return default;
        ReadOnlySpan<byte> items = _body[4..];
        while (items.Length >= 2 && items[0] != 0)
        {
            int length = items[1];
            if (items.Length < 2 + length)
                return default;
            if (items[0] == 1)
                return items.Slice(2, length);
            items = items[(2 + length)..];
        }
        return default;
    }

    private bool TryReadBody(ReadOnlySpan<byte> body)
    {
        switch (Type)
        {
            case RtcpPacketType.SenderReport when body.Length >= 24 + _count * Rtcp.ReportBlockBytes:
                SenderInfo = new RtcpSenderInfo(
                    BinaryPrimitives.ReadUInt64BigEndian(body[4..]),
                    BinaryPrimitives.ReadUInt32BigEndian(body[12..]),
                    BinaryPrimitives.ReadUInt32BigEndian(body[16..]),
                    BinaryPrimitives.ReadUInt32BigEndian(body[20..]));
                ReportBlockCount = _count;
                break;
            case RtcpPacketType.ReceiverReport when body.Length >= 4 + _count * Rtcp.ReportBlockBytes:
                ReportBlockCount = _count;
                break;
            case RtcpPacketType.SenderReport or RtcpPacketType.ReceiverReport:
                return false;
            case RtcpPacketType.Bye when body.Length < _count * 4:
                return false;
        }
        _body = body;
        return true;
    }

    private bool Malformed()
    {
        _rest = default;
        _body = default;
        ReportBlockCount = 0;
        SenderInfo = default;
        IsMalformed = true;
        return false;
    }
}
