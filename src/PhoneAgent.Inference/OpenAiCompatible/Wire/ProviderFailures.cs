using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using PhoneAgent.Conversation.Providers;

namespace PhoneAgent.Inference.OpenAiCompatible.Wire;

/// <summary>
/// Makes <see cref="ProviderException"/>s of what goes wrong with a server. What the server itself writes is not passed on,
/// for it may repeat the key or the caller's words; only its code for the error is.
/// </summary>
internal sealed partial class ProviderFailures(OpenAiServer server, TimeProvider time)
{
    private const int MaxErrorBytes = 16 * 1024;
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromDays(1);

    /// <summary>Not the protocol.</summary>
    public ProviderException Bad(string what, Exception? inner = null) => Make(ProviderFailureKind.BadResponse, $"{server.Name} {what}.", inner);

    /// <summary>An error in the midst of an answer whose status was good.</summary>
    public ProviderException OfErrorObject(JsonElement error)
    {
        string? code = CodeOf(error);
        long status = error.Integer("code") ?? 0;
        var kind = status is >= 400 and < 600 ? KindOf((int)status)
            : code is { } text && text.Contains("rate_limit", StringComparison.Ordinal) ? ProviderFailureKind.RateLimited
            : ProviderFailureKind.ServerError;
        return Make(kind, $"{server.Name} reported an error in its answer{Quoted(code)}.");
    }

    /// <summary>For a status that is not a success. Reads a little of the answer, for its error code.</summary>
    /// <param name="retryAfter">The header, or null.</param>
    public async Task<ProviderException> OfStatusAsync(int status, string? retryAfter, Stream body, string what, CancellationToken cancellationToken)
    {
        string? code = await ReadCodeAsync(body, cancellationToken).ConfigureAwait(false);
        var wait = RetryAfter(retryAfter);
        var kind = KindOf(status);
        string reason = kind switch
        {
            ProviderFailureKind.Unauthorized when server.ApiKey is null => "wants a key: set api_key",
            ProviderFailureKind.Unauthorized => "does not accept the key, or it may not do this: check api_key",
            ProviderFailureKind.RateLimited => wait is { } time ? $"has had too many requests, and asks for {time.TotalSeconds:0.#} s" : "has had too many requests, or the account is empty",
            ProviderFailureKind.Timeout => "took too long by its own word",
            ProviderFailureKind.ServerError => "is broken or overloaded",
            ProviderFailureKind.BadResponse => "redirects: put the final address into base_url",
            _ when status == 404 => $"does not know the address or {what}: check base_url (it usually ends in /v1) and model",
            _ => $"refuses the request for {what}",
        };
        return new ProviderException(server.Name, kind, $"{server.Name} {reason} (HTTP {status}{(code is null ? "" : ", " + code)}).") { Status = status, RetryAfter = wait };
    }

    /// <summary>
    /// The failure that an exception of the network or of the protocol stands for; null for the caller's own cancellation and
    /// for what is no such thing.
    /// </summary>
    public ProviderException? TryTranslate(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        ProviderException failure => failure,
        _ when cancellationToken.IsCancellationRequested => null,
        HttpRequestException http => OfNetwork(http),
        // Only the limit on connecting cancels by itself.
        OperationCanceledException => Make(ProviderFailureKind.Unreachable, $"{server.Name} at {Host} did not take a connection in time.", exception),
        IOException => Bad("broke off in mid-answer", exception),
        JsonException or FormatException => Bad("answered with something that is not the protocol", exception),
        _ => null,
    };

    // Without a name and password in the address.
    private string Host => server.BaseUrl.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    private ProviderException OfNetwork(HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => Make(ProviderFailureKind.Unreachable, $"The name of {server.Name} ({server.BaseUrl.Host}) is not known: check base_url.", exception),
        HttpRequestError.SecureConnectionError => Make(ProviderFailureKind.Unreachable, $"No secure connection to {server.Name} at {Host}: check its certificate, or whether it speaks http instead.", exception),
        HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError => Make(ProviderFailureKind.Unreachable, $"{server.Name} at {Host} takes no connection: check base_url and whether it runs.", exception),
        _ => Bad("broke off or answered with something that is not HTTP", exception),
    };

    private static ProviderFailureKind KindOf(int status) => status switch
    {
        401 or 403 => ProviderFailureKind.Unauthorized,
        402 or 429 => ProviderFailureKind.RateLimited,
        408 or 504 => ProviderFailureKind.Timeout,
        >= 500 => ProviderFailureKind.ServerError,
        >= 400 => ProviderFailureKind.BadRequest,
        _ => ProviderFailureKind.BadResponse,
    };

    /// <summary>Seconds or a date (RFC 9110, 10.2.3).</summary>
    private TimeSpan? RetryAfter(string? header)
    {
        if (!RetryConditionHeaderValue.TryParse(header, out var value))
            return null;
        var wait = value.Delta ?? value.Date - time.GetUtcNow();
        return wait is null ? null : TimeSpan.FromTicks(Math.Clamp(wait.Value.Ticks, 0, LongestRetryAfter.Ticks));
    }

    private async Task<string?> ReadCodeAsync(Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            var buffer = new byte[MaxErrorBytes];
            int read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            using var json = JsonDocument.Parse(buffer.AsMemory(0, read));
            return CodeOf(json.RootElement.Field("error"));
        }
        catch (Exception e) when (e is JsonException or IOException or HttpRequestException)
        {
            return null; // the status says enough
        }
    }

    private string? CodeOf(JsonElement error)
    {
        foreach (string? text in new[] { error.Text("code"), error.Text("type") })
        {
            if (text is not null && Identifier().IsMatch(text) && (server.ApiKey is not { Length: > 0 } key || !text.Contains(key, StringComparison.OrdinalIgnoreCase)))
                return text;
        }
        return null;
    }

    private static string Quoted(string? code) => code is null ? "" : $" ({code})";

    private ProviderException Make(ProviderFailureKind kind, string message, Exception? inner = null) =>
        inner is null ? new ProviderException(server.Name, kind, message) : new ProviderException(server.Name, kind, message, inner);

    [GeneratedRegex("^[a-z][a-z_]{2,40}$")]
    private static partial Regex Identifier();
}
