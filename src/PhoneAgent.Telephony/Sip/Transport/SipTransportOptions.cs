using System.Net;

namespace PhoneAgent.Telephony.Sip.Transport;

public sealed record SipTransportOptions
{
    public IReadOnlyList<SipListenAddress> Listen { get; init; } = [new(SipTransportKind.Udp, new IPEndPoint(IPAddress.Any, 5060))];

    /// <summary>Our address as peers beyond NAT see it; goes into Via, Contact and SDP for destinations outside <see cref="LocalNetworks"/>.</summary>
    public IPAddress? ExternalAddress { get; init; }
    /// <summary>Where the NAT maps the SIP port to another one; null: the port we listen on.</summary>
    public int? ExternalPort { get; init; }
    /// <summary>Networks on our side of the NAT.</summary>
    public IReadOnlyList<IPNetwork> LocalNetworks { get; init; } =
    [
        IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("::1/128"), IPNetwork.Parse("fc00::/7"), IPNetwork.Parse("fe80::/10"),
    ];

    public SipTlsOptions Tls { get; init; } = new();

    /// <summary>A request above 1300 bytes goes over TCP in place of UDP (RFC 3261 §18.1.1). Many peers have no TCP, hence off.</summary>
    public bool LargeRequestsOverTcp { get; init; }

    public int MaxConnections { get; init; } = 1000;
    /// <summary>Connections from one address at most, so that one peer cannot take them all.</summary>
    public int MaxConnectionsPerAddress { get; init; } = 100;
    /// <summary>Messages waiting to be written to one connection; beyond that the connection is given up.</summary>
    public int MaxSendQueue { get; init; } = 256;
    /// <summary>A connection without a byte in either direction for this long is closed.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(10);
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);
    /// <summary>How often connections that we opened and UDP targets get a keep-alive (RFC 5626 §4.4.1, §3.5.1). Zero: never.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(25);
}

public sealed record SipTlsOptions
{
    /// <summary>PEM with our certificate and its chain; null: a self-signed one is made at start.</summary>
    public string? CertificateFile { get; init; }
    /// <summary>PEM with the private key; null: it is in <see cref="CertificateFile"/>.</summary>
    public string? KeyFile { get; init; }
    /// <summary>PEM with the authorities that peers must be signed by; null: those of the operating system.</summary>
    public string? AuthorityFile { get; init; }
    /// <summary>The certificate of a server that we connect to must be valid and bear its name.</summary>
    public bool VerifyServer { get; init; } = true;
    /// <summary>Peers that connect to us must show a valid certificate.</summary>
    public bool RequireClientCertificate { get; init; }
}
