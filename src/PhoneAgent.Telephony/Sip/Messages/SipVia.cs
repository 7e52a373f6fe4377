using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;

namespace PhoneAgent.Telephony.Sip.Messages;

/// <summary>One Via value (RFC 3261 §20.42, RFC 3581). Immutable.</summary>
/// <param name="Transport">Upper case for the known ones: UDP, TCP, TLS.</param>
/// <param name="Host">sent-by host, IPv6 in brackets.</param>
/// <param name="Port">sent-by port; null when left out, which means the transport's default.</param>
public sealed record SipVia(string Transport, string Host, int? Port)
{
    /// <summary>A branch with this prefix identifies its transaction by itself (§8.1.1.7).</summary>
    public const string MagicCookie = "z9hG4bK";

    public string Version { get; init; } = "2.0";
    public SipParameters Parameters { get; init; } = SipParameters.Empty;

    public string? Branch => Parameters.Get("branch");
    public string? Received => Parameters.Get("received");
    public bool WantsRPort => Parameters.Contains("rport");
    public int? RPort => SipText.TryParsePort(Parameters.Get("rport"), out int port) ? port : null;

    /// <summary>The branch is usable as a transaction key; a bare cookie identifies nothing.</summary>
    public bool HasMagicBranch => Branch is { } branch && branch.Length > MagicCookie.Length
        && branch.StartsWith(MagicCookie, StringComparison.OrdinalIgnoreCase);

    public string SentBy => Port is { } port ? string.Create(CultureInfo.InvariantCulture, $"{Host}:{port}") : Host;

    /// <summary>
    /// What a server adds to the topmost Via (§18.2.1, RFC 3581 §4): received when the source address differs from
    /// sent-by or rport was asked for, and the source port where it was asked for.
    /// </summary>
    public SipVia Stamp(IPEndPoint source)
    {
        IPAddress address = source.Address.IsIPv4MappedToIPv6 ? source.Address.MapToIPv4() : source.Address;
        SipVia stamped = this;
        bool same = IPAddress.TryParse(Host.AsSpan().Trim("[]"), out IPAddress? sentBy) && sentBy.Equals(address);
        if (!same || WantsRPort)
            stamped = stamped with { Parameters = stamped.Parameters.With("received", new IPAddress(address.GetAddressBytes()).ToString()) };
        if (WantsRPort)
            stamped = stamped with { Parameters = stamped.Parameters.With("rport", source.Port.ToString(CultureInfo.InvariantCulture)) };
        return stamped;
    }

    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SipVia? via)
    {
        via = null;
        int semicolon = text.IndexOf(';');
        if (semicolon < 0)
            semicolon = text.Length;
        return SipParameters.TryParse(text[semicolon..], out SipParameters? parameters)
            && TryParseHead(text[..semicolon], parameters, out via);
    }

    public override string ToString()
    {
        var text = new StringBuilder(96).Append("SIP/").Append(Version).Append('/').Append(Transport).Append(' ').Append(SentBy);
        Parameters.AppendTo(text);
        return text.ToString();
    }

    /// <summary>SIP / version / transport, white space, sent-by; white space is allowed around every slash and colon.</summary>
    private static bool TryParseHead(ReadOnlySpan<char> text, SipParameters parameters, [NotNullWhen(true)] out SipVia? via)
    {
        via = null;
        int first = text.IndexOf('/');
        int second = first < 0 ? -1 : text[(first + 1)..].IndexOf('/') + first + 1;
        if (second <= first || !SipText.Trim(text[..first]).Equals("SIP", StringComparison.OrdinalIgnoreCase))
            return false;
        ReadOnlySpan<char> version = SipText.Trim(text[(first + 1)..second]);
        ReadOnlySpan<char> rest = SipText.Trim(text[(second + 1)..]);
        int space = rest.IndexOfAny(' ', '\t');
        if (space < 0 || !SipText.IsToken(version) || !SipText.IsToken(rest[..space])
            || !SipText.TryParseHostPort(SipText.Trim(rest[space..]), out string host, out int? port))
            return false;
        via = new SipVia(Known(rest[..space]), host, port)
        {
            Version = version.SequenceEqual("2.0") ? "2.0" : version.ToString(),
            Parameters = parameters,
        };
        return true;
    }

    private static string Known(ReadOnlySpan<char> transport)
    {
        foreach (string known in (ReadOnlySpan<string>)["UDP", "TCP", "TLS"])
            if (transport.Equals(known, StringComparison.OrdinalIgnoreCase))
                return known;
        return transport.ToString();
    }
}
