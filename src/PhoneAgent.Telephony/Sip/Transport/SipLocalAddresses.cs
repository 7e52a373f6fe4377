using System.Net;
using System.Net.Sockets;
using PhoneAgent.Telephony.Sip.Messages;

namespace PhoneAgent.Telephony.Sip.Transport;

/// <summary>Finds what address of ours a peer sees. Used on the SIP loop.</summary>
internal sealed class SipLocalAddresses(SipTransportOptions options)
{
    private const int MaxCached = 1024;
    private readonly Dictionary<IPAddress, IPAddress> _routes = [];

    /// <param name="bound">What we listen on for that transport and address family; null when we do not.</param>
    public SipLocalAddress Find(SipDestination destination, IPEndPoint? bound)
    {
        IPAddress remote = destination.EndPoint.Address;
        IPAddress address = bound is null || bound.Address.Equals(IPAddress.Any) || bound.Address.Equals(IPAddress.IPv6Any)
            ? RouteTo(remote) : bound.Address;
        int port = bound?.Port ?? destination.Transport.DefaultPort();
        if (options.ExternalAddress is not { } external || external.AddressFamily != remote.AddressFamily || IsLocal(remote))
            return new SipLocalAddress(SipUri.FormatHost(address), port, address, null);
        return new SipLocalAddress(SipUri.FormatHost(external), options.ExternalPort ?? port, address, external);
    }

    private bool IsLocal(IPAddress remote)
    {
        foreach (IPNetwork network in options.LocalNetworks)
            if (network.Contains(remote))
                return true;
        return false;
    }

    /// <summary>The operating system chooses the source address; connecting a UDP socket asks it without sending anything.</summary>
    private IPAddress RouteTo(IPAddress remote)
    {
        if (_routes.TryGetValue(remote, out IPAddress? known))
            return known;
        if (_routes.Count >= MaxCached)
            _routes.Clear();
        IPAddress local;
        try
        {
            using var probe = new Socket(remote.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            probe.Connect(remote, 9);
            local = ((IPEndPoint)probe.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            // No route: sending will say so; until then any address will do.
            return remote.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback;
        }
        return _routes[remote] = local;
    }
}
