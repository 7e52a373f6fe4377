using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;

namespace PhoneAgent.Telephony.Sip.Messages;

/// <summary>
/// A URI (RFC 3261 §19.1). sip and sips are taken apart; tel and every other scheme keep their text in
/// <see cref="Opaque"/>. Immutable. User, password and parameters are stored as on the wire, escapes included.
/// <see cref="Equals(SipUri?)"/> is the comparison of §19.1.4, which is not transitive.
/// </summary>
public sealed record SipUri
{
    private const int MaxHeaders = 32;

    public SipUri(string scheme, string? user, string host, int? port = null) =>
        (Scheme, User, Host, Port) = (scheme, user, host, port);

    private SipUri(string scheme, string opaque) => (Scheme, Opaque, Host) = (scheme, opaque, "");

    /// <summary>In lower case.</summary>
    public string Scheme { get; init; }
    public string? User { get; init; }
    public string? Password { get; init; }
    /// <summary>Name, IPv4 address, or IPv6 address in brackets; empty when the scheme is neither sip nor sips.</summary>
    public string Host { get; init; }
    public int? Port { get; init; }
    public SipParameters Parameters { get; init; } = SipParameters.Empty;
    /// <summary>The part after "?", as on the wire and without it; null when there is none.</summary>
    public string? HeadersText { get; init; }
    /// <summary>Everything after "scheme:" for schemes other than sip and sips; null for those.</summary>
    public string? Opaque { get; }

    public bool IsSip => Opaque is null;
    public bool IsSecure => Scheme == "sips";
    public bool IsTel => Scheme == "tel";

    /// <summary>The user part with its escapes replaced; for tel the number without parameters; null when there is none.</summary>
    public string? DecodedUser => IsTel ? Opaque!.Split(';')[0] : User is null ? null : SipUriText.Decode(User);

    /// <summary>The transport parameter in lower case, or null.</summary>
    public string? Transport => Parameters.Get("transport")?.ToLowerInvariant();

    /// <summary>The next hop is a loose router (RFC 3261 §16.12.1.1).</summary>
    public bool IsLooseRouter => Parameters.Contains("lr");

    /// <summary>The "?" headers in order, decoded. Empty when there are none.</summary>
    public IReadOnlyList<SipHeader> EmbeddedHeaders => HeadersText is null ? [] :
        [.. HeadersText.Split('&').Select(pair => pair.Split('=', 2))
            .Select(pair => new SipHeader(SipHeaderNames.Canonical(SipUriText.Decode(pair[0])), SipUriText.Decode(pair[1])))];

    public bool TryGetAddress([NotNullWhen(true)] out IPAddress? address) =>
        IPAddress.TryParse(Host.AsSpan().Trim("[]"), out address) && Host.Length > 0;

    /// <summary>A sip URI for any user text; what the grammar forbids in it is escaped.</summary>
    public static SipUri Create(string? user, string host, int? port = null, string scheme = "sip") =>
        new(scheme, user is null ? null : SipUriText.EncodeUser(user), host, port);

    /// <summary>"[::1]" for IPv6, plain for IPv4: the host as it goes into URIs and Via.</summary>
    public static string FormatHost(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
            ? $"[{new IPAddress(address.GetAddressBytes())}]" : address.ToString();
    }

    /// <exception cref="FormatException">For text that we wrote ourselves; use <see cref="TryParse"/> for everything else.</exception>
    public static SipUri Parse(string text) =>
        TryParse(text, out SipUri? uri) ? uri : throw new FormatException($"'{text}' is not a SIP URI.");

    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SipUri? uri)
    {
        uri = null;
        int colon = text.IndexOf(':');
        if (colon <= 0 || !IsScheme(text[..colon]))
            return false;
        ReadOnlySpan<char> rest = text[(colon + 1)..];
        if (text[..colon].Equals("sip", StringComparison.OrdinalIgnoreCase))
            return TryParseSip("sip", rest, out uri);
        if (text[..colon].Equals("sips", StringComparison.OrdinalIgnoreCase))
            return TryParseSip("sips", rest, out uri);
        if (!SipUriText.IsOpaque(rest))
            return false;
        uri = new SipUri(text[..colon].ToString().ToLowerInvariant(), rest.ToString());
        return true;
    }

    public override string ToString()
    {
        var text = new StringBuilder(64).Append(Scheme).Append(':');
        if (Opaque is not null)
            return text.Append(Opaque).ToString();
        if (User is not null)
        {
            text.Append(User);
            if (Password is not null)
                text.Append(':').Append(Password);
            text.Append('@');
        }
        text.Append(Host);
        if (Port is { } port)
            text.Append(':').Append(port.ToString(CultureInfo.InvariantCulture));
        Parameters.AppendTo(text);
        if (HeadersText is not null)
            text.Append('?').Append(HeadersText);
        return text.ToString();
    }

    public bool Equals(SipUri? other) => other is not null && SipUriComparison.AreEqual(this, other);

    public override int GetHashCode() => SipUriComparison.GetHashCode(this);

    private static bool TryParseSip(string scheme, ReadOnlySpan<char> text, [NotNullWhen(true)] out SipUri? uri)
    {
        uri = null;
        string? user = null, password = null;
        int at = text.IndexOf('@');
        if (at >= 0)
        {
            // The user may hold '?', ';' and '/', so it is cut off before anything else is looked at.
            ReadOnlySpan<char> userInfo = text[..at];
            text = text[(at + 1)..];
            int colon = userInfo.IndexOf(':');
            ReadOnlySpan<char> name = colon < 0 ? userInfo : userInfo[..colon];
            if (name.IsEmpty || !SipUriText.IsUser(name) || (colon >= 0 && !SipUriText.IsPassword(userInfo[(colon + 1)..])))
                return false;
            user = name.ToString();
            password = colon < 0 ? null : userInfo[(colon + 1)..].ToString();
        }
        string? headers = null;
        int question = text.IndexOf('?');
        if (question >= 0)
        {
            if (!AreHeaders(text[(question + 1)..]))
                return false;
            headers = text[(question + 1)..].ToString();
            text = text[..question];
        }
        int semicolon = text.IndexOf(';');
        ReadOnlySpan<char> hostPort = semicolon < 0 ? text : text[..semicolon];
        ReadOnlySpan<char> parameterText = semicolon < 0 ? [] : text[semicolon..];
        if (hostPort.ContainsAny(' ', '\t') || !SipText.TryParseHostPort(hostPort, out string host, out int? port)
            || !SipParameters.TryParseUri(parameterText, out SipParameters? parameters))
            return false;
        uri = new SipUri(scheme, user, host, port) { Password = password, Parameters = parameters, HeadersText = headers };
        return true;
    }

    private static bool AreHeaders(ReadOnlySpan<char> text)
    {
        int count = 0;
        foreach (Range range in text.Split('&'))
        {
            ReadOnlySpan<char> header = text[range];
            int equals = header.IndexOf('=');
            if (++count > MaxHeaders || equals <= 0
                || !SipUriText.IsHeader(header[..equals]) || !SipUriText.IsHeader(header[(equals + 1)..]))
                return false;
        }
        return true;
    }

    private static bool IsScheme(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.'))
                return false;
        return text.Length <= 64 && char.IsAsciiLetter(text[0]);
    }
}
