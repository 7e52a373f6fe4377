using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transport;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>
/// From a URI to an address (RFC 3263 §4 without NAPTR and SRV, which .NET cannot ask for): the transport it says or UDP,
/// the port it says or the default, the address it is or the first that its name has. Used on the SIP loop.
/// </summary>
/// <param name="resolve">Looks a name up; may be called on the loop and answers on any thread.</param>
internal sealed partial class SipLocator(SipLoop loop, IReadOnlySet<SipTransportKind> transports,
    Func<string, CancellationToken, Task<IPAddress[]>> resolve, ILogger log) : IDisposable
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);
    private const int MaxKept = 256;

    private readonly Dictionary<string, (IPAddress Address, long At)> _kept = new(StringComparer.OrdinalIgnoreCase);
    private readonly CancellationTokenSource _closed = new();

    /// <summary>Calls back with the destination, or null when there is none: at once for addresses, later for names.</summary>
    internal void Locate(SipUri uri, SipSource? peer, Action<SipDestination?> onFound)
    {
        if (!uri.IsSip || TransportOf(uri) is not { } transport || !transports.Contains(transport))
        {
            onFound(null);
            return;
        }
        var port = uri.Port ?? transport.DefaultPort();
        if (uri.TryGetAddress(out var address))
            onFound(Destination(transport, new IPEndPoint(address, port), serverName: null, peer));
        else if (_kept.TryGetValue(uri.Host, out var kept) && loop.TimeProvider.GetElapsedTime(kept.At) < KeptFor)
            onFound(Destination(transport, new IPEndPoint(kept.Address, port), uri.Host, peer));
        else
            _ = LookUpAsync(uri.Host, found => onFound(found is null ? null : Destination(transport, new IPEndPoint(found, port), uri.Host, peer)));
    }

    public void Dispose()
    {
        _closed.Cancel();
        _closed.Dispose();
    }

    private async Task LookUpAsync(string host, Action<IPAddress?> onFound)
    {
        IPAddress? address = null;
        try
        {
            var all = await resolve(host, _closed.Token).ConfigureAwait(false);
            address = Array.Find(all, a => a.AddressFamily == AddressFamily.InterNetwork) ?? all.FirstOrDefault();
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ArgumentException)
        {
            Log.NameNotFound(log, host, e.Message);
        }
        loop.Post(() =>
        {
            if (address is not null)
            {
                if (_kept.Count >= MaxKept)
                    _kept.Clear();
                _kept[host] = (address, loop.TimeProvider.GetTimestamp());
            }
            onFound(address);
        });
    }

    private static SipTransportKind? TransportOf(SipUri uri)
    {
        if (uri.Transport is { } name)
            return SipTransportKinds.TryParse(name, out var transport) ? uri.IsSecure && transport == SipTransportKind.Tcp ? SipTransportKind.Tls : transport : null;
        return uri.IsSecure ? SipTransportKind.Tls : SipTransportKind.Udp;
    }

    /// <summary>
    /// The address, or the way that the peer's own request came when its Contact cannot be reached from here: over its
    /// connection, or through the NAT that its private address is behind.
    /// </summary>
    private static SipDestination Destination(SipTransportKind transport, IPEndPoint endPoint, string? serverName, SipSource? peer)
    {
        var destination = new SipDestination(transport, endPoint) { ServerName = serverName };
        if (peer is null || peer.Transport != transport)
            return destination;
        if (transport.IsReliable())
            return destination with { ConnectionId = endPoint.Address.Equals(peer.Remote.Address) || IsPrivate(endPoint.Address) ? peer.ConnectionId : 0 };
        return IsPrivate(endPoint.Address) && !IsPrivate(peer.Remote.Address) ? destination with { EndPoint = peer.Remote } : destination;
    }

    private static readonly Cidr[] s_private = [.. new[] { "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "fc00::/7", "fe80::/10", "::1" }
        .Select(text => Cidr.TryParse(text, out var cidr) ? cidr : default)];

    private static bool IsPrivate(IPAddress address) => Array.Exists(s_private, cidr => cidr.Contains(address));

    private static partial class Log
    {
        [LoggerMessage(20, LogLevel.Warning, "The name {Host} does not resolve ({Detail}). Check the account's domain and the DNS of this machine.")]
        internal static partial void NameNotFound(ILogger logger, string host, string detail);
    }
}
