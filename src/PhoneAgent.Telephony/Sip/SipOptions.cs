using PhoneAgent.Telephony.Sip.UserAgent;

namespace PhoneAgent.Telephony.Sip;

/// <summary>Everything the SIP line can be told. Plain values; <see cref="Validate"/> finds all mistakes at once.</summary>
public sealed record SipOptions
{
    /// <summary>Where requests are listened for. One element a transport and address.</summary>
    public IReadOnlyList<SipListenOptions> Listen { get; init; } =
        [new() { Transport = "udp" }, new() { Transport = "tcp" }];

    /// <summary>The IPv4 or IPv6 address that peers outside a NAT reach us at; put into Contact, Via and c=.</summary>
    public string? ExternalAddress { get; init; }

    /// <summary>Whose user agent speaks SIP: <c>sipsorcery</c>, <c>builtin</c> (ours), or <c>auto</c>: the former where the program was built with it.</summary>
    public string Stack { get; init; } = UserAgents.Automatic;

    public SipCertificateOptions Tls { get; init; } = new();

    /// <summary>Accounts at providers: registered, and used to place calls. The first is the default.</summary>
    public IReadOnlyList<SipAccountOptions> Accounts { get; init; } = [];

    public SipInboundOptions Inbound { get; init; } = new();

    public SipTimingOptions Timers { get; init; } = new();

    public SipTransferOptions Transfer { get; init; } = new();

    /// <summary>Calls at the same time, both directions, ringing ones included. More get 486 or 503.</summary>
    public int MaxCalls { get; init; } = 200;

    /// <summary>Status for a call above <see cref="MaxCalls"/>: 486 or 503.</summary>
    public int MaxCallsStatus { get; init; } = 486;

    /// <summary>User part that we present when neither the request nor an account says another.</summary>
    public string User { get; init; } = "agent";

    /// <summary>Value of User-Agent and Server.</summary>
    public string UserAgent { get; init; } = "PhoneAgent/0.1";

    /// <summary>Headers of an INVITE that are kept in <c>CallInfo.Headers</c>.</summary>
    public IReadOnlyList<string> KeepHeaders { get; init; } = [];

    /// <summary>All mistakes, each with the key below <c>sip:</c> that it is about.</summary>
    public IReadOnlyList<SipOptionError> Validate() => SipOptionsValidator.Validate(this);
}

/// <param name="Key">Path below <c>sip:</c>, e.g. <c>listen[0].port</c>.</param>
/// <param name="Message">What is wrong and what to do.</param>
public sealed record SipOptionError(string Key, string Message);

public sealed record SipListenOptions
{
    /// <summary>udp, tcp or tls.</summary>
    public string Transport { get; init; } = "udp";

    /// <summary>An address of this machine; 0.0.0.0 or :: for all.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>0 lets the system choose.</summary>
    public int Port { get; init; } = 5060;
}

public sealed record SipCertificateOptions
{
    /// <summary>PEM file with our certificate chain; a self-signed one is made at start when absent.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file with the private key; the certificate's file when absent.</summary>
    public string? KeyFile { get; init; }

    /// <summary>PEM file with the authorities that we trust for peers, instead of the system's.</summary>
    public string? TrustFile { get; init; }

    /// <summary>Whether a server's certificate must be valid and match its name. Off only for tests.</summary>
    public bool VerifyPeer { get; init; } = true;
}

public sealed record SipAccountOptions
{
    /// <summary>Name for logs and the dashboard; <c>user@domain</c> when empty.</summary>
    public string Name { get; init; } = "";

    public string User { get; init; } = "";

    public string Domain { get; init; } = "";

    /// <summary>User name for digest when it is not <see cref="User"/>.</summary>
    public string? AuthUser { get; init; }

    public string Password { get; init; } = "";

    public string? DisplayName { get; init; }

    /// <summary>Where requests go instead of the domain: <c>sip:host[:port][;transport=tcp][;lr]</c>.</summary>
    public string? OutboundProxy { get; init; }

    /// <summary>udp, tcp or tls.</summary>
    public string Transport { get; init; } = "udp";

    /// <summary>Whether we REGISTER. False: the account serves outbound calls only.</summary>
    public bool Register { get; init; } = true;

    /// <summary>Seconds asked for. The registrar's word counts.</summary>
    public int ExpiresSeconds { get; init; } = 600;

    /// <summary>Seconds between CRLF keep-alives to the registrar while registered (RFC 5626 §3.5.1); 0 is none.</summary>
    public int KeepAliveSeconds { get; init; } = 25;

    /// <summary>What the account is called in logs and on the dashboard.</summary>
    public string Label => Name.Length > 0 ? Name : $"{User}@{Domain}";
}

public sealed record SipInboundOptions
{
    /// <summary>Peers who may call without a password, as CIDR: <c>10.0.0.0/8</c>, <c>2001:db8::/32</c>, <c>192.0.2.7</c>.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>Callers who prove themselves by digest.</summary>
    public IReadOnlyList<SipCredentialOptions> Callers { get; init; } = [];

    /// <summary>Digest algorithms that are offered, the preferred one first: SHA-256, MD5. Clients that know MD5 only and look at the first challenge need [MD5].</summary>
    public IReadOnlyList<string> Algorithms { get; init; } = ["SHA-256", "MD5"];

    /// <summary>User parts that can be called; others get 404. Empty: any.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>Realm of our challenges.</summary>
    public string Realm { get; init; } = "phoneagent";

    /// <summary>Seconds a call may wait for an answer of the application before it gets 480.</summary>
    public int RingSeconds { get; init; } = 60;

    /// <summary>Milliseconds that a call rings at least before our 200 goes out; 0 answers at once.</summary>
    public int AnswerAfterMilliseconds { get; init; }

    /// <summary>Calls that may wait to be taken. More get 503.</summary>
    public int Backlog { get; init; } = 64;
}

public sealed record SipCredentialOptions
{
    public string User { get; init; } = "";

    public string Password { get; init; } = "";
}

public sealed record SipTransferOptions
{
    /// <summary>Whether a peer may send us elsewhere by REFER. Off: 603.</summary>
    public bool AcceptRefer { get; init; }

    /// <summary>Whether an INVITE with Replaces may take over a running call (RFC 3891).</summary>
    public bool AcceptReplaces { get; init; } = true;

    /// <summary>Seconds a transfer may take from REFER to its final NOTIFY.</summary>
    public int TimeoutSeconds { get; init; } = 60;
}

public sealed record SipTimingOptions
{
    /// <summary>RFC 3261 T1, milliseconds.</summary>
    public int T1Milliseconds { get; init; } = 500;

    /// <summary>RFC 3261 T2, milliseconds.</summary>
    public int T2Milliseconds { get; init; } = 4000;

    /// <summary>Session-Expires that we ask for, in seconds (RFC 4028); 0 asks for none and still honours the peer's.</summary>
    public int SessionExpiresSeconds { get; init; } = 1800;

    /// <summary>The smallest Session-Expires that we accept, in seconds.</summary>
    public int MinSessionExpiresSeconds { get; init; } = 90;

    /// <summary>Retry-After of our 503, in seconds.</summary>
    public int RetryAfterSeconds { get; init; } = 30;
}
