using System.Net;
using System.Net.Sockets;
using PhoneAgent.Telephony.Sip.Messages;

namespace PhoneAgent.Telephony.Sip.Transport;

/// <param name="Destinations">In the order to try; empty on failure.</param>
/// <param name="Failure">What is wrong, for people; null on success.</param>
public sealed record SipResolution(IReadOnlyList<SipDestination> Destinations, string? Failure);

/// <summary>
/// From a URI to addresses: the part of RFC 3263 that agents behind a configured proxy or trunk need. Numeric hosts and A/AAAA
/// records; the transport is the one of the URI, TLS for sips, and UDP otherwise. NAPTR and SRV records are not asked for: name
/// host, port and transport of a trunk in the configuration. Thread-safe.
/// </summary>
public sealed class SipResolver
{
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _lookUp;

    public SipResolver() : this(Dns.GetHostAddressesAsync) { }

    /// <param name="lookUp">Resolves a host name; throws <see cref="SocketException"/> where it cannot.</param>
    public SipResolver(Func<string, CancellationToken, Task<IPAddress[]>> lookUp) => _lookUp = lookUp;

    /// <summary>Without waiting for anything: for numeric hosts only, false for names.</summary>
    public static bool TryResolve(SipUri uri, out SipResolution resolution)
    {
        if (Check(uri, out SipTransportKind transport) is { } failure)
        {
            resolution = new SipResolution([], failure);
            return true;
        }
        string host = HostOf(uri);
        resolution = IPAddress.TryParse(host.AsSpan().Trim("[]"), out IPAddress? address)
            ? new SipResolution([Destination(uri, transport, address, null)], null)
            : new SipResolution([], $"{host} is a name");
        return resolution.Failure is null;
    }

    public async Task<SipResolution> ResolveAsync(SipUri uri, CancellationToken cancellationToken)
    {
        if (TryResolve(uri, out SipResolution numeric))
            return numeric;
        _ = Check(uri, out SipTransportKind transport);
        string host = HostOf(uri);
        try
        {
            IPAddress[] addresses = await _lookUp(host, cancellationToken).ConfigureAwait(false);
            return addresses.Length == 0
                ? new SipResolution([], $"{host} has no address")
                : new SipResolution([.. addresses.Take(8).Select(address => Destination(uri, transport, address, host))], null);
        }
        catch (SocketException e)
        {
            return new SipResolution([], $"{host} cannot be resolved: {e.Message}");
        }
    }

    private static string? Check(SipUri uri, out SipTransportKind transport)
    {
        transport = SipTransportKind.Udp;
        if (!uri.IsSip)
            return $"a {uri.Scheme} URI needs an outbound proxy";
        if (uri.Transport is { } name && !SipTransportKinds.TryParse(name, out transport))
            return $"transport {name} is not supported: use udp, tcp or tls";
        if (uri.IsSecure)
            transport = SipTransportKind.Tls;
        return null;
    }

    // maddr overrides the host of a URI (RFC 3263 §4).
    private static string HostOf(SipUri uri) => uri.Parameters.Get("maddr") is { Length: > 0 } maddr ? maddr : uri.Host;

    private static SipDestination Destination(SipUri uri, SipTransportKind transport, IPAddress address, string? name) =>
        new(transport, new IPEndPoint(address, uri.Port ?? transport.DefaultPort())) { ServerName = name };
}
