using System.Net;
using System.Net.Http.Headers;
using PhoneAgent.Conversation.Providers;

namespace PhoneAgent.Inference.OpenAiCompatible.Wire;

/// <summary>
/// The requests to one server. Connections are pooled in the process and stay open between turns; time limits are the caller's
/// token. Everything that fails comes out as <see cref="ProviderException"/>. Thread-safe.
/// </summary>
internal sealed class ServerConnection : IDisposable
{
    /// <summary>Longer lists of models are no lists of models.</summary>
    private const int MaxModelListBytes = 4 << 20;

    private static readonly Lazy<SocketsHttpHandler> Pool = new(() => new SocketsHttpHandler
    {
        // A redirect would take the key along to wherever it points.
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(30),
        EnableMultipleHttp2Connections = true,
        // A model that nobody listens to any more should stop, so little is read to save a connection.
        MaxResponseDrainSize = 16 * 1024,
        ResponseDrainTimeout = TimeSpan.FromMilliseconds(100),
    });

    private readonly Uri root;

    public ServerConnection(OpenAiServer server, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(server);
        if (server.BaseUrl is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
            throw new ArgumentException($"The base_url of provider '{server.Name}' must begin with http:// or https://.", nameof(server));
        Server = server;
        Failures = new ProviderFailures(server, time);
        root = new Uri(server.BaseUrl.GetLeftPart(UriPartial.Path).TrimEnd('/') + '/');
        // The pool belongs to the process.
        Http = new HttpClient(new ServerHeaders(server, Pool.Value), disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public OpenAiServer Server { get; }

    public ProviderFailures Failures { get; }

    /// <summary>With the key and the headers of the server.</summary>
    public HttpClient Http { get; }

    /// <summary>The address of a path below the root, with the query of the base address (Azure's api-version).</summary>
    public Uri Address(string path) => new(root, path + Server.BaseUrl.Query);

    /// <summary>Sends and returns as soon as the headers of a successful answer are there.</summary>
    /// <param name="what">What is asked for, for an error: "model 'x'", "voice 'y'".</param>
    /// <exception cref="ProviderException">It failed, or the status is not a success.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string what, CancellationToken cancellationToken)
    {
        HttpResponseMessage? response = null;
        try
        {
            response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw await FailureOfAsync(response, what, cancellationToken).ConfigureAwait(false);
            return response;
        }
        catch (Exception e)
        {
            response?.Dispose();
            if (Failures.TryTranslate(e, cancellationToken) is { } failure)
                throw failure;
            throw;
        }
    }

    /// <summary>The server's list of models: opens a connection, shows whether the key is good, costs nothing.</summary>
    /// <returns>JSON; null where the server has no such list.</returns>
    /// <exception cref="ProviderException">It failed in another way.</exception>
    public async Task<byte[]?> GetModelsAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address("models"));
        try
        {
            using var response = await SendAsync(request, "its list of models", cancellationToken).ConfigureAwait(false);
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            return await ReadAllAsync(stream, MaxModelListBytes, cancellationToken).ConfigureAwait(false);
        }
        catch (ProviderException e) when (e.Status is 404 or 405 or 501)
        {
            return null;
        }
    }

    /// <exception cref="ProviderException">It broke off, or is longer than <paramref name="maxBytes"/>.</exception>
    public async Task<byte[]> ReadAllAsync(Stream stream, int maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            using var all = new MemoryStream();
            var buffer = new byte[16 * 1024];
            while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                if (all.Length + read > maxBytes)
                    throw Failures.Bad($"sent more than {maxBytes} bytes");
                all.Write(buffer, 0, read);
            }
            return all.ToArray();
        }
        catch (Exception e) when (Failures.TryTranslate(e, cancellationToken) is { } failure)
        {
            throw failure;
        }
    }

    public void Dispose() => Http.Dispose();

    private async Task<ProviderException> FailureOfAsync(HttpResponseMessage response, string what, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        return await Failures.OfStatusAsync((int)response.StatusCode, response.Headers.RetryAfter?.ToString(), body, what, cancellationToken).ConfigureAwait(false);
    }
}
