using PhoneAgent.Audio;

namespace PhoneAgent.Telephony.Rtp;

/// <summary>
/// Reports of one call (RFC 3550 §6): SR or RR with CNAME about every five seconds, BYE at the end, and what the peer
/// reports about us. Used by the media thread only.
/// </summary>
internal sealed class RtcpSession(uint ssrc, string canonicalName, DateTimeOffset wallClock, long wallClockNs)
{
    private const double IntervalNs = 5e9;
    /// <summary>The first report comes sooner (§6.2), so that a short call has one.</summary>
    private const double FirstIntervalNs = 2.5e9;
    private readonly byte[] _datagram = new byte[512];
    private readonly byte[] _name = MakeName(ssrc, canonicalName);
    private readonly RtcpReportBlock[] _blocks = new RtcpReportBlock[1];
    private readonly ulong _ntp = PhoneAgent.Audio.Rtcp.ToNtp(wallClock);
    private long _dueNs = long.MinValue;
    private uint _lastSenderReport;
    private uint _lastSenderReportSsrc;
    private long _lastSenderReportNs;
    private uint _sentAtLast;
    private uint _sentAtLastButOne;
    private uint _random = ssrc | 1;

    public TimeSpan? RoundTrip { get; private set; }

    public double? RemoteLossFraction { get; private set; }

    /// <summary>Compound packets that made no sense.</summary>
    public long Malformed { get; private set; }

    /// <summary>The peer said that it sends no more from this source.</summary>
    public bool SaidGoodbye { get; private set; }

    public bool IsDue(long nowNs)
    {
        if (_dueNs == long.MinValue)
            _dueNs = nowNs + (long)(FirstIntervalNs * Spread());
        if (nowNs < _dueNs)
            return false;
        _dueNs = nowNs + (long)(IntervalNs * Spread());
        return true;
    }

    /// <summary>A compound report: SR when we have sent since the last but one (§6.4), RR otherwise.</summary>
    public ReadOnlySpan<byte> Report(RtpSender sender, ReceptionStatistics reception, uint remoteSsrc, bool hasRemote, long nowNs)
    {
        var blocks = ReadOnlySpan<RtcpReportBlock>.Empty;
        if (hasRemote)
        {
            // Of another SSRC's report the peer knows nothing.
            var last = _lastSenderReportSsrc == remoteSsrc ? _lastSenderReport : 0;
            var delay = last == 0 ? 0 : (uint)((nowNs - _lastSenderReportNs) / 1000 * 65536 / 1_000_000);
            _blocks[0] = new RtcpReportBlock(remoteSsrc, reception.TakeFractionLost(), (int)Math.Clamp(reception.Lost, -0x800000, 0x7FFFFF),
                reception.ExtendedHighestSequence, reception.Jitter, last, delay);
            blocks = _blocks;
        }
        var sends = sender.PacketCount != _sentAtLastButOne;
        (_sentAtLastButOne, _sentAtLast) = (_sentAtLast, sender.PacketCount);
        var length = sends
            ? PhoneAgent.Audio.Rtcp.WriteSenderReport(_datagram, ssrc, new RtcpSenderInfo(NtpAt(nowNs), sender.Timestamp, sender.PacketCount, sender.OctetCount), blocks)
            : PhoneAgent.Audio.Rtcp.WriteReceiverReport(_datagram, ssrc, blocks);
        _name.CopyTo(_datagram.AsSpan(length));
        return _datagram.AsSpan(0, length + _name.Length);
    }

    /// <summary>A report with BYE behind it.</summary>
    public ReadOnlySpan<byte> Goodbye(RtpSender sender, ReceptionStatistics reception, uint remoteSsrc, bool hasRemote, long nowNs)
    {
        var length = Report(sender, reception, remoteSsrc, hasRemote, nowNs).Length;
        length += PhoneAgent.Audio.Rtcp.WriteBye(_datagram.AsSpan(length), ssrc);
        return _datagram.AsSpan(0, length);
    }

    public void Receive(ReadOnlySpan<byte> datagram, uint remoteSsrc, long nowNs)
    {
        var reader = new RtcpReader(datagram);
        while (reader.MoveNext())
        {
            if (reader.Type == RtcpPacketType.SenderReport && reader.Ssrc == remoteSsrc)
                (_lastSenderReport, _lastSenderReportSsrc, _lastSenderReportNs) = (PhoneAgent.Audio.Rtcp.MiddleNtp(reader.SenderInfo.NtpTime), remoteSsrc, nowNs);
            if (reader.SaysGoodbye(remoteSsrc))
                SaidGoodbye = true;
            for (var i = 0; i < reader.ReportBlockCount; i++)
            {
                var block = reader.ReportBlock(i);
                if (block.Ssrc != ssrc)
                    continue;
                RemoteLossFraction = block.FractionLost / 256.0;
                RoundTrip = PhoneAgent.Audio.Rtcp.RoundTrip(block, PhoneAgent.Audio.Rtcp.MiddleNtp(NtpAt(nowNs))) ?? RoundTrip;
            }
        }
        if (reader.IsMalformed)
            Malformed++;
    }

    private ulong NtpAt(long nowNs)
    {
        var ns = nowNs - wallClockNs;
        return _ntp + ((ulong)(ns / 1_000_000_000) << 32) + (((ulong)(ns % 1_000_000_000) << 32) / 1_000_000_000);
    }

    /// <summary>0.5 to 1.5, so that calls do not report in step (§6.3.1).</summary>
    private double Spread()
    {
        _random ^= _random << 13;
        _random ^= _random >> 17;
        _random ^= _random << 5;
        return 0.5 + (_random / (double)uint.MaxValue);
    }

    private static byte[] MakeName(uint ssrc, string canonicalName)
    {
        var buffer = new byte[300];
        return buffer[..PhoneAgent.Audio.Rtcp.WriteCanonicalName(buffer, ssrc, canonicalName)];
    }
}
