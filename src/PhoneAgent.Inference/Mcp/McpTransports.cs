using Microsoft.Extensions.Logging;
using ModelContextProtocol.Client;

namespace PhoneAgent.Inference.Mcp;

/// <summary>Makes the way to a server.</summary>
internal static class McpTransports
{
    // What programs need to run at all.
    private static readonly string[] Inherited = ["PATH", "HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR"];

    private static readonly TimeSpan Shutdown = TimeSpan.FromSeconds(3);

    public static IClientTransport Create(McpServerDefinition server, ILoggerFactory loggers)
    {
        if (server.Url is { } url)
        {
            return new HttpClientTransport(new HttpClientTransportOptions
            {
                Name = server.Name,
                Endpoint = new Uri(url),
                TransportMode = HttpTransportMode.StreamableHttp,
                ConnectionTimeout = server.ConnectTimeout,
                AdditionalHeaders = server.Headers.ToDictionary(h => h.Key, h => h.Value),
            }, loggers);
        }
        Dictionary<string, string?> environment = Inherited.Select(name => (name, value: Environment.GetEnvironmentVariable(name)))
            .Where(pair => pair.value is not null).ToDictionary(pair => pair.name, pair => pair.value);
        foreach ((string name, string value) in server.Env)
            environment[name] = value;
        return new StdioClientTransport(new StdioClientTransportOptions
        {
            Name = server.Name,
            Command = server.Command!,
            Arguments = [.. server.Args],
            WorkingDirectory = server.Folder,
            InheritEnvironmentVariables = false,
            EnvironmentVariables = environment,
            ShutdownTimeout = Shutdown,
        }, loggers);
    }
}
