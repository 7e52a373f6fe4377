using System.Net;

namespace PhoneAgent.Server.Options;

/// <summary>The pages and the API: <c>http</c>.</summary>
public sealed record HttpServerOptions
{
    public bool Enabled { get; init; } = true;

    /// <summary>Where they are served.</summary>
    public IReadOnlyList<HttpListenOptions> Listen { get; init; } = [new HttpListenOptions()];

    /// <summary>For listeners with https. PEM files.</summary>
    public HttpTlsOptions Tls { get; init; } = new();

    /// <summary>The address that people and other systems reach this server by, e.g. https://calls.example.com; for links.</summary>
    public string? PublicUrl { get; init; }

    /// <summary>Further names that requests may be addressed to, besides the listeners' own and <see cref="PublicUrl"/>'s.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Addresses or networks (10.0.0.0/8) of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.</summary>
    public IReadOnlyList<string> Proxies { get; init; } = [];

    /// <summary>Users, API keys and the keys of cookies.</summary>
    public string StateFolder { get; init; } = "state";

    /// <summary>How long somebody stays logged in without doing anything.</summary>
    public TimeSpan SessionLifetime { get; init; } = TimeSpan.FromHours(12);

    /// <summary>All broken rules, each with the key it is about.</summary>
    internal IEnumerable<(string Key, string Message)> Check()
    {
        if (!Enabled)
            yield break;
        if (Listen.Count == 0)
            yield return ("listen", "The list is empty; set http.enabled to false instead.");
        foreach ((int index, HttpListenOptions listen) in Listen.Index())
            foreach (string message in listen.Check())
                yield return ($"listen[{index}]", message);
        if (Listen.Any(l => l.IsTls) && Tls.CertificateFile is null)
            yield return ("tls.certificate_file", "A listener with https needs a certificate.");
        if (PublicUrl is not null && !(Uri.TryCreate(PublicUrl, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"))
            yield return ("public_url", $"'{PublicUrl}' is no address; write e.g. https://calls.example.com.");
        foreach ((int index, string proxy) in Proxies.Index())
            if (!IPAddress.TryParse(proxy, out _) && !IPNetwork.TryParse(proxy, out _))
                yield return ($"proxies[{index}]", $"'{proxy}' is neither an IP address nor a network such as 10.0.0.0/8.");
        if (StateFolder.Length == 0)
            yield return ("state_folder", "The folder is empty.");
        if (SessionLifetime < TimeSpan.FromMinutes(1))
            yield return ("session_lifetime", "Shorter than one minute; write e.g. 12h.");
    }
}

public sealed record HttpTlsOptions
{
    public string? CertificateFile { get; init; }

    /// <summary>When the key is not in the certificate's file.</summary>
    public string? KeyFile { get; init; }
}
