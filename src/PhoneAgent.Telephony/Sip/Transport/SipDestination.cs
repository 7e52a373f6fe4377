using System.Net;

namespace PhoneAgent.Telephony.Sip.Transport;

/// <summary>Where a message goes. Immutable.</summary>
/// <param name="EndPoint">Used when there is no such connection (any more), and to find an open one to reuse.</param>
public sealed record SipDestination(SipTransportKind Transport, IPEndPoint EndPoint)
{
    /// <summary>The connection to prefer as long as it is open: how responses, and requests to a peer behind NAT, go back. 0: any.</summary>
    public long ConnectionId { get; init; }

    /// <summary>The name that a TLS peer's certificate must bear; null: its address.</summary>
    public string? ServerName { get; init; }

    public override string ToString() => $"{Transport.UriName()}:{EndPoint}";
}

/// <summary>Where a message came from. Immutable.</summary>
/// <param name="ConnectionId">0 for UDP.</param>
public sealed record SipSource(SipTransportKind Transport, IPEndPoint Remote, IPEndPoint Local, long ConnectionId)
{
    /// <summary>Straight back: same addresses, same connection.</summary>
    public SipDestination ToDestination() => new(Transport, Remote) { ConnectionId = ConnectionId };

    public override string ToString() => $"{Transport.UriName()}:{Remote}";
}

/// <summary>Our side of the path to a destination, as the peer must see it: for Via, Contact and SDP.</summary>
/// <param name="Host">For URIs and Via: IPv6 in brackets; the external address where one is configured.</param>
/// <param name="Port">The port that we listen on; the external port where one is configured.</param>
/// <param name="Address">The address of our own interface on that path: where media binds.</param>
/// <param name="ExternalAddress">What to advertise instead of <paramref name="Address"/>; null when they are the same.</param>
public sealed record SipLocalAddress(string Host, int Port, IPAddress Address, IPAddress? ExternalAddress);
