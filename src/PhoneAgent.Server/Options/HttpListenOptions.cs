using System.Net;

namespace PhoneAgent.Server.Options;

/// <summary>An address of the HTTP server; in the configuration a text such as <c>http://127.0.0.1:8080</c>.</summary>
public sealed record HttpListenOptions
{
    /// <summary>"http" or "https".</summary>
    public string Scheme { get; init; } = "http";

    public string Address { get; init; } = "127.0.0.1";

    /// <summary>0: the system chooses.</summary>
    public int Port { get; init; } = 8080;

    internal bool IsTls => Scheme == "https";

    /// <summary>Only programs of this machine reach it.</summary>
    internal bool IsLoopback => IPAddress.TryParse(Address, out IPAddress? address) && IPAddress.IsLoopback(address);

    /// <summary>http://0.0.0.0:8080, https://[::]:8443; null for anything else.</summary>
    internal static HttpListenOptions? Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Host.Length == 0 || uri.PathAndQuery != "/")
            return null;
        return new HttpListenOptions { Scheme = uri.Scheme, Address = uri.Host.Trim('[', ']'), Port = uri.Port };
    }

    internal IEnumerable<string> Check()
    {
        if (Scheme is not ("http" or "https"))
            yield return $"'{Scheme}' is neither http nor https.";
        if (!IPAddress.TryParse(Address, out _))
            yield return $"'{Address}' is no IP address; 127.0.0.1 is this machine only, 0.0.0.0 every IPv4 address of it.";
        if (Port is < 0 or > 65535)
            yield return $"{Port} is no port.";
    }

    public override string ToString() => $"{Scheme}://{(Address.Contains(':', StringComparison.Ordinal) ? $"[{Address}]" : Address)}:{Port}";
}
