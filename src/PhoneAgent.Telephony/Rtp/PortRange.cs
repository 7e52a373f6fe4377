using System.Net;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Telephony.Rtp;

/// <summary>An RTP port and the RTCP port above it (RFC 3550 §11).</summary>
public sealed record RtpPortPair(IDatagramPort Rtp, IDatagramPort Rtcp) : IDisposable
{
    public void Dispose()
    {
        Rtp.Dispose();
        Rtcp.Dispose();
    }
}

/// <summary>
/// Hands out pairs of ports from a range, an even one and the next. Goes round instead of taking the lowest free pair, so
/// that late packets of the last call do not meet the next one. Thread-safe. First = Last = 0 lets the system choose.
/// </summary>
public sealed class PortRange(int first, int last, int dscp)
{
    private const int SystemTries = 50;
    private readonly Lock _gate = new();
    private int _next = Random.Shared.Next();

    /// <exception cref="PhoneLineException">Every pair is taken.</exception>
    public RtpPortPair Open(IPAddress address)
    {
        if (last == 0)
            return OpenAny(address);
        var lowest = (first + 1) & ~1;
        var pairs = ((last - lowest) + 1) / 2;
        for (var i = 0; i < pairs; i++)
        {
            int port;
            lock (_gate)
            {
                _next = (int)(((uint)_next + 1) % (uint)Math.Max(1, pairs));
                port = lowest + (_next * 2);
            }
            if (TryOpen(address, port) is { } pair)
                return pair;
        }
        throw new PhoneLineException($"No free pair of RTP ports in {first}-{last} on {address}: widen rtp.ports, or check who uses them.");
    }

    private RtpPortPair OpenAny(IPAddress address)
    {
        for (var i = 0; i < SystemTries; i++)
        {
            var rtp = UdpPort.TryBind(address, 0, dscp);
            if (rtp is null)
                break;
            if (rtp.LocalPort % 2 == 0 && TryPair(rtp, address) is { } pair)
                return pair;
            rtp.Dispose();
        }
        throw new PhoneLineException($"The system gives no pair of UDP ports on {address}: check the address and the limit of open files.");
    }

    private RtpPortPair? TryOpen(IPAddress address, int port)
    {
        if (UdpPort.TryBind(address, port, dscp) is not { } rtp)
            return null;
        var pair = TryPair(rtp, address);
        if (pair is null)
            rtp.Dispose();
        return pair;
    }

    private RtpPortPair? TryPair(UdpPort rtp, IPAddress address)
    {
        try
        {
            return UdpPort.TryBind(address, rtp.LocalPort + 1, dscp) is { } rtcp ? new RtpPortPair(rtp, rtcp) : null;
        }
        catch (PhoneLineException)
        {
            rtp.Dispose();
            throw;
        }
    }
}
