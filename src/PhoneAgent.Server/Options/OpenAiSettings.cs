namespace PhoneAgent.Server.Options;

/// <summary>The keys of a provider of kind openai: any server with OpenAI's interface. One entry a model.</summary>
public sealed record OpenAiSettings
{
    /// <summary>The root of the interface, e.g. http://127.0.0.1:11434/v1.</summary>
    public required string BaseUrl { get; init; }

    /// <summary>As the server calls it; Azure: the deployment.</summary>
    public required string Model { get; init; }

    /// <summary>The header that carries the key: Authorization, as a bearer, or api-key, as Azure has it.</summary>
    public string KeyHeader { get; init; } = "Authorization";

    /// <summary>More headers of every request.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>More fields of every request to a language model, each JSON or plain text, e.g. reasoning_effort: low.</summary>
    public IReadOnlyDictionary<string, string> Body { get; init; } = new Dictionary<string, string>();

    /// <summary>Asks a language model for the count of tokens. Off only for an old server that refuses stream_options.</summary>
    public bool AsksForUsage { get; init; } = true;

    /// <summary>The newer name of a limit of tokens; null: for OpenAI and Azure only.</summary>
    public bool? UsesMaxCompletionTokens { get; init; }

    internal IEnumerable<string> Problems()
    {
        if (!string.IsNullOrEmpty(BaseUrl) && (!Uri.TryCreate(BaseUrl, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https")))
            yield return $"base_url: '{BaseUrl}' is no address such as http://127.0.0.1:11434/v1.";
        foreach (string header in Headers.Keys.Append(KeyHeader).Where(h => h.Length == 0 || h.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))))
            yield return $"headers: '{header}' is no name of a header.";
    }
}
