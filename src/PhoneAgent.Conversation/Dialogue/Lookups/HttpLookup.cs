using System.Net;
using System.Text.Json;

namespace PhoneAgent.Conversation.Dialogue.Lookups;

/// <summary>
/// Asks a web service with GET, a safe method (RFC 9110 §9.2.1), so that asking on a guess does no harm. The answer is JSON, of which
/// named fields are kept.
/// </summary>
/// <param name="client">Shared, owned by who made it.</param>
public sealed class HttpLookup(HttpClient client, HttpLookupSource source, TimeProvider time) : ILookup
{
    /// <summary>An order's status is short; anything larger is not what was asked for.</summary>
    public const int MaxResponseBytes = 256 * 1024;

    public async ValueTask<LookupResult> FindAsync(string key, Func<string, string> variables, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(source.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await AskAsync(key, variables, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return LookupResult.Failed($"no answer within {source.Timeout.TotalSeconds:0.#} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or UriFormatException)
        {
            return LookupResult.Failed(e is JsonException ? "the answer is not JSON" : e.Message);
        }
    }

    private async Task<LookupResult> AskAsync(string key, Func<string, string> variables, CancellationToken cancellationToken)
    {
        string address = source.Url.Render(name => Uri.EscapeDataString(name == "key" ? key : variables(name)));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, UriKind.Absolute));
        foreach ((string name, string value) in source.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (source.NotFoundStatuses.Contains((int)response.StatusCode))
            return LookupResult.NotFound;
        if (response.StatusCode is not (>= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices))
            return LookupResult.Failed($"HTTP status {(int)response.StatusCode}");
        byte[]? body = await ReadAsync(response, cancellationToken).ConfigureAwait(false);
        if (body is null)
            return LookupResult.Failed($"the answer is larger than {MaxResponseBytes / 1024} KiB");
        using JsonDocument document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 32 });
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, JsonPath path) in source.Fields)
            values[name] = path.Find(document.RootElement) ?? "";
        // A service that answers 200 with nothing in it says "not found" in its own way.
        return values.Values.All(value => value.Length == 0) ? LookupResult.NotFound : LookupResult.Found(values);
    }

    private static async Task<byte[]?> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var body = new MemoryStream();
        byte[] buffer = new byte[8192];
        int count;
        while ((count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (body.Length + count > MaxResponseBytes)
                return null;
            body.Write(buffer, 0, count);
        }
        return body.ToArray();
    }
}
