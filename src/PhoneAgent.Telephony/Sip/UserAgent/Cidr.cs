using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>A network of addresses: <c>10.0.0.0/8</c>, <c>2001:db8::/32</c>, or one address. IPv4-mapped addresses count as IPv4.</summary>
public readonly record struct Cidr(IPAddress Network, int PrefixLength)
{
    /// <summary>Parses an address with an optional prefix length.</summary>
    public static bool TryParse(string? text, out Cidr cidr)
    {
        cidr = default;
        if (text is null)
            return false;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var host = slash < 0 ? text : text[..slash];
        if (!IPAddress.TryParse(host, out var address))
            return false;
        var bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var length = bits;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > bits))
            return false;
        cidr = new Cidr(address, length);
        return true;
    }

    /// <summary>Whether <paramref name="address"/> lies in this network.</summary>
    public bool Contains(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (Network is null || address.AddressFamily != Network.AddressFamily)
            return false;
        Span<byte> ours = stackalloc byte[16], theirs = stackalloc byte[16];
        if (!Network.TryWriteBytes(ours, out var count) || !address.TryWriteBytes(theirs, out _))
            return false;
        var whole = PrefixLength / 8;
        if (!ours[..whole].SequenceEqual(theirs[..whole]))
            return false;
        var rest = PrefixLength % 8;
        return rest == 0 || whole >= count || (ours[whole] ^ theirs[whole]) >> (8 - rest) == 0;
    }
}
