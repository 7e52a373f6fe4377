using System.Net;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transport;

namespace PhoneAgent.Telephony.Sip.Transactions;

/// <summary>
/// RFC 3261 §18.2.2 and RFC 3581 §4. maddr is not obeyed: it would let a stranger point our responses at anybody; the
/// source address is always the one that the packet really came from.
/// </summary>
internal static class SipResponseRouting
{
    public static SipDestination DestinationFor(SipVia topVia, SipSource source)
    {
        int sentByPort = topVia.Port ?? source.Transport.DefaultPort();
        if (source.Transport.IsReliable())
            // Over the same connection; should it be gone, a new one to where the peer listens.
            return new SipDestination(source.Transport, new IPEndPoint(source.Remote.Address, sentByPort)) { ConnectionId = source.ConnectionId };
        return topVia.WantsRPort
            ? new SipDestination(SipTransportKind.Udp, source.Remote)
            : new SipDestination(SipTransportKind.Udp, new IPEndPoint(source.Remote.Address, sentByPort));
    }
}
