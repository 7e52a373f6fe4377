namespace PhoneAgent.Telephony.Rtp;

/// <summary>The sender of a datagram, comparable without allocation.</summary>
/// <param name="Port">Port and family, as they lie in the socket address.</param>
public readonly record struct PeerSource(ulong High, ulong Low, uint Port)
{
    public static PeerSource Of(System.Net.SocketAddress address)
    {
        var bytes = address.Buffer.Span;
        return address.Size >= 28
            ? new PeerSource(BitConverter.ToUInt64(bytes[8..]), BitConverter.ToUInt64(bytes[16..]), BitConverter.ToUInt32(bytes))
            : new PeerSource(0, BitConverter.ToUInt32(bytes[4..]), BitConverter.ToUInt32(bytes));
    }
}

public enum LatchVerdict
{
    /// <summary>A stranger's packet, or one too few to follow.</summary>
    Refused,
    Accepted,
    /// <summary>The first packet, or the first of a new SSRC that is to be followed: decoding starts anew.</summary>
    NewStream,
}

/// <summary>
/// Decides whose packets are this call's, and so where ours go (symmetric RTP, RFC 4961). Locks on a source after a few
/// consistent packets; then neither another address nor another SSRC takes the call over while the first still sends. Only
/// the address of the peer's own description does: whoever sent first, or still sends after a re-INVITE moved the media.
/// Used by the media thread only.
/// </summary>
public sealed class SourceLatch
{
    /// <summary>Packets in a row that make a source trusted, or a new SSRC followed beside a live one.</summary>
    private const int LockAfter = 4;
    private const long SsrcSilenceNs = 100_000_000;
    private const long LearningSilenceNs = 200_000_000;
    /// <summary>How long the known source must be silent before another may follow it.</summary>
    private const long SourceSilenceNs = 2_000_000_000;

    private PeerSource? _announced;
    private PeerSource _source;
    private uint _ssrc;
    private bool _hasSource;
    private int _trust;
    private long _heardNs;
    private PeerSource _rival;
    private uint _rivalSsrc;
    private int _rivalCount;
    private uint _announcedSsrc;
    private int _announcedCount;

    /// <summary>Packets come from a trusted source.</summary>
    public bool IsLocked => _trust >= LockAfter;

    public bool HasSource => _hasSource;

    public PeerSource Source => _source;

    public uint Ssrc => _ssrc;

    /// <summary>What the peer's description says; a change of it (re-INVITE) opens the latch again.</summary>
    public void Announce(PeerSource? announced)
    {
        // An old-style hold (c=0.0.0.0) names no address and moves nothing.
        if (announced is null || _announced == announced)
            return;
        (_announced, _announcedCount) = (announced, 0);
        if (_hasSource && announced != _source)
            _trust = 0;
    }

    public LatchVerdict Judge(PeerSource source, uint ssrc, long nowNs)
    {
        if (!_hasSource)
            return Follow(source, ssrc, nowNs);
        if (source != _source)
            return JudgeStranger(source, ssrc, nowNs);
        if (ssrc != _ssrc)
            return JudgeSsrc(source, ssrc, nowNs);
        _heardNs = nowNs;
        _rivalCount = 0;
        if (_trust < LockAfter)
            _trust++;
        return LatchVerdict.Accepted;
    }

    private LatchVerdict JudgeStranger(PeerSource source, uint ssrc, long nowNs)
    {
        var silence = nowNs - _heardNs;
        if (!IsLocked && (source == _announced || (silence > LearningSilenceNs && _source != _announced)))
            return Follow(source, ssrc, nowNs);
        if (source == _announced)
            return CountAnnounced(ssrc) >= LockAfter ? Follow(source, ssrc, nowNs) : LatchVerdict.Refused;
        return silence > SourceSilenceNs && CountRival(source, ssrc) >= LockAfter ? Follow(source, ssrc, nowNs) : LatchVerdict.Refused;
    }

    /// <summary>Not set back by the packets of others, who may send as many as they like.</summary>
    private int CountAnnounced(uint ssrc)
    {
        if (ssrc != _announcedSsrc)
            (_announcedSsrc, _announcedCount) = (ssrc, 0);
        return ++_announcedCount;
    }

    private LatchVerdict JudgeSsrc(PeerSource source, uint ssrc, long nowNs) =>
        nowNs - _heardNs > SsrcSilenceNs || CountRival(source, ssrc) >= LockAfter ? Follow(source, ssrc, nowNs) : LatchVerdict.Refused;

    private int CountRival(PeerSource source, uint ssrc)
    {
        if (source != _rival || ssrc != _rivalSsrc)
            (_rival, _rivalSsrc, _rivalCount) = (source, ssrc, 0);
        return ++_rivalCount;
    }

    private LatchVerdict Follow(PeerSource source, uint ssrc, long nowNs)
    {
        if (!_hasSource || source != _source)
            _trust = 1;
        (_source, _ssrc, _hasSource, _heardNs, _rivalCount) = (source, ssrc, true, nowNs, 0);
        _announcedCount = 0;
        return LatchVerdict.NewStream;
    }
}
