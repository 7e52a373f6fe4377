using System.Net;
using System.Net.Sockets;

namespace PhoneAgent.Telephony.Rtp;

/// <summary>
/// Where a call's packets go: to where the peer's come from once that is trusted (symmetric RTP, RFC 4961), before that to
/// what the description says. Used by the media thread only, except the counter.
/// </summary>
internal sealed class PeerPath(RtpPortPair ports, AddressFamily family)
{
    private readonly SocketAddress _rtp = new(family);
    private readonly SocketAddress _rtcp = new(family);
    private PeerSource _source;
    private bool _hasRtcp;
    private long _unsent;

    /// <summary>The peer's audio is known to come from somewhere.</summary>
    public bool IsLatched { get; private set; }

    /// <summary>Packets that the system did not take from us.</summary>
    public long Unsent => Volatile.Read(ref _unsent);

    /// <summary>The source is not trusted any more.</summary>
    public void Forget() => IsLatched = false;

    public void Follow(SocketAddress from, PeerSource source)
    {
        if (IsLatched && _source == source)
            return;
        Copy(from, _rtp);
        (IsLatched, _source) = (true, source);
    }

    public void FollowRtcp(SocketAddress from)
    {
        Copy(from, _rtcp);
        _hasRtcp = true;
    }

    /// <summary>False when the system did not take it.</summary>
    public bool SendRtp(MediaPlan plan, ReadOnlySpan<byte> packet)
    {
        if (ports.Rtp.Send(packet, IsLatched ? _rtp : plan.RemoteRtp!))
            return true;
        _unsent++;
        return false;
    }

    public void SendRtcp(MediaPlan? plan, ReadOnlySpan<byte> datagram)
    {
        if (plan is null or { Agreed.RemoteHost: null })
            return;
        if (plan.Agreed.RtcpMux)
            Send(ports.Rtp, IsLatched ? _rtp : plan.RemoteRtp, datagram);
        else
            Send(ports.Rtcp, _hasRtcp ? _rtcp : plan.RemoteRtcp, datagram);
    }

    private static void Send(IDatagramPort port, SocketAddress? to, ReadOnlySpan<byte> datagram)
    {
        if (to is not null)
            port.Send(datagram, to);
    }

    private static void Copy(SocketAddress from, SocketAddress to)
    {
        from.Buffer.Span[..Math.Min(from.Size, to.Buffer.Length)].CopyTo(to.Buffer.Span);
        to.Size = from.Size;
    }
}
