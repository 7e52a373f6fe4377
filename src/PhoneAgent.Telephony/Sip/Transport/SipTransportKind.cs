namespace PhoneAgent.Telephony.Sip.Transport;

public enum SipTransportKind
{
    Udp,
    Tcp,
    Tls,
}

public static class SipTransportKinds
{
    /// <summary>The transport delivers or says that it could not, so nothing is retransmitted (RFC 3261 §17).</summary>
    public static bool IsReliable(this SipTransportKind transport) => transport != SipTransportKind.Udp;

    public static int DefaultPort(this SipTransportKind transport) => transport == SipTransportKind.Tls ? 5061 : 5060;

    /// <summary>As in Via.</summary>
    public static string ViaName(this SipTransportKind transport) => transport switch
    {
        SipTransportKind.Udp => "UDP",
        SipTransportKind.Tcp => "TCP",
        _ => "TLS",
    };

    /// <summary>As in the transport parameter of a URI.</summary>
    public static string UriName(this SipTransportKind transport) => transport switch
    {
        SipTransportKind.Udp => "udp",
        SipTransportKind.Tcp => "tcp",
        _ => "tls",
    };

    /// <summary>Reads either form; false for a transport that we do not have.</summary>
    public static bool TryParse(string? name, out SipTransportKind transport)
    {
        (bool known, transport) = name?.ToUpperInvariant() switch
        {
            "UDP" => (true, SipTransportKind.Udp),
            "TCP" => (true, SipTransportKind.Tcp),
            "TLS" => (true, SipTransportKind.Tls),
            _ => (false, SipTransportKind.Udp),
        };
        return known;
    }
}
