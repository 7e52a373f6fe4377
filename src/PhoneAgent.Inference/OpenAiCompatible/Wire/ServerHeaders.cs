using System.Net;

namespace PhoneAgent.Inference.OpenAiCompatible.Wire;

/// <summary>Gives every request the key and the headers of the server, whoever made the request.</summary>
internal sealed class ServerHeaders : DelegatingHandler
{
    private readonly List<(string Name, string Value)> headers = [];

    /// <exception cref="ArgumentException">A header cannot be sent.</exception>
    public ServerHeaders(OpenAiServer server, HttpMessageHandler pool) : base(pool)
    {
        if (server.ApiKey is { Length: > 0 } key)
        {
            bool isBearer = server.KeyHeader.Equals(OpenAiServer.Authorization, StringComparison.OrdinalIgnoreCase);
            headers.Add((server.KeyHeader, isBearer ? $"Bearer {key}" : key));
        }
        headers.AddRange(server.Headers.Select(header => (header.Key, header.Value)));
        using var trial = new HttpRequestMessage();
        foreach (var (name, value) in headers)
        {
            // The value may be a key: it is not shown.
            if (value.AsSpan().ContainsAny('\r', '\n') || !trial.Headers.TryAddWithoutValidation(name, value))
                throw new ArgumentException($"Provider '{server.Name}': the header '{name}' cannot be sent; look for line breaks in its value, or for a wrong name.", nameof(server));
        }
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Over TLS, HTTP/2 where it is offered: then a cancelled answer does not cost the connection.
        (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionOrLower);
        request.Headers.Remove(OpenAiServer.Authorization);
        foreach (var (name, value) in headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }
        return base.SendAsync(request, cancellationToken);
    }
}
