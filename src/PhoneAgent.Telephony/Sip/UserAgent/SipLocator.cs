using System.Net;
using Microsoft.Extensions.Logging;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transport;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>The way to a URI, from the SIP loop: at once for numeric hosts and names that were asked for lately, later for others.</summary>
internal sealed partial class SipLocator(SipLoop loop, SipResolver resolver, ILogger log) : IDisposable
{
    private const int MaxKept = 256;
    private static readonly TimeSpan s_keptFor = TimeSpan.FromMinutes(1);
    private static readonly Cidr[] s_private = [.. new[] { "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "fc00::/7", "fe80::/10", "::1" }
        .Select(text => Cidr.TryParse(text, out var cidr) ? cidr : default)];

    private readonly Dictionary<string, (SipDestination Destination, long At)> _kept = new(StringComparer.OrdinalIgnoreCase);
    private readonly CancellationTokenSource _closed = new();

    /// <param name="peer">Where the peer's own request came from, or null.</param>
    /// <param name="onFound">Called on the loop; null: there is no way.</param>
    internal void Locate(SipUri uri, SipSource? peer, Action<SipDestination?> onFound)
    {
        if (SipResolver.TryResolve(uri, out var numeric))
            Tell(uri, numeric, peer, onFound);
        else if (_kept.TryGetValue(uri.ToString(), out var kept) && loop.TimeProvider.GetElapsedTime(kept.At) < s_keptFor)
            onFound(ThroughNat(kept.Destination, peer));
        else
            _ = LookUpAsync(uri, peer, onFound);
    }

    public void Dispose()
    {
        _closed.Cancel();
        _closed.Dispose();
    }

    private async Task LookUpAsync(SipUri uri, SipSource? peer, Action<SipDestination?> onFound)
    {
        SipResolution found;
        try
        {
            found = await resolver.ResolveAsync(uri, _closed.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            found = new SipResolution([], "the line is closing");
        }
        loop.Post(() =>
        {
            if (_kept.Count >= MaxKept)
                _kept.Clear();
            if (found.Destinations.Count > 0)
                _kept[uri.ToString()] = (found.Destinations[0], loop.TimeProvider.GetTimestamp());
            Tell(uri, found, peer, onFound);
        });
    }

    private void Tell(SipUri uri, SipResolution found, SipSource? peer, Action<SipDestination?> onFound)
    {
        if (found.Destinations.Count == 0)
            Log.NoWay(log, uri.Host, found.Failure ?? "no address");
        onFound(found.Destinations.Count == 0 ? null : ThroughNat(found.Destinations[0], peer));
    }

    /// <summary>
    /// The address, or the way that the peer's own request came when its Contact cannot be reached from here: over its
    /// connection, or through the NAT that its private address is behind.
    /// </summary>
    private static SipDestination ThroughNat(SipDestination destination, SipSource? peer)
    {
        if (peer is null || peer.Transport != destination.Transport)
            return destination;
        var address = destination.EndPoint.Address;
        if (destination.Transport.IsReliable())
            return address.Equals(peer.Remote.Address) || IsPrivate(address) ? destination with { ConnectionId = peer.ConnectionId } : destination;
        return IsPrivate(address) && !IsPrivate(peer.Remote.Address) ? destination with { EndPoint = peer.Remote } : destination;
    }

    private static bool IsPrivate(IPAddress address) => Array.Exists(s_private, cidr => cidr.Contains(address));

    private static partial class Log
    {
        [LoggerMessage(20, LogLevel.Warning, "There is no way to {Host}: {Detail}. Check the account's domain and outbound proxy, and the DNS of this machine.")]
        internal static partial void NoWay(ILogger logger, string host, string detail);
    }
}
