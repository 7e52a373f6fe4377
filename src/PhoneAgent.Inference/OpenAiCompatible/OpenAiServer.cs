namespace PhoneAgent.Inference.OpenAiCompatible;

/// <summary>Where an OpenAI-compatible server is and how it knows us. The same for its language models, its ears and its voices.</summary>
/// <param name="Name">The provider's name in the configuration; in every error.</param>
/// <param name="BaseUrl">The root of the interface, usually ending in <c>/v1</c>: <c>http://127.0.0.1:11434/v1</c>.</param>
public sealed record OpenAiServer(string Name, Uri BaseUrl)
{
    /// <summary>Null: the server asks for none. Never logged, never in an error.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The header that carries the key: <c>Authorization</c> (as a bearer), or <c>api-key</c> as Azure has it.</summary>
    public string KeyHeader { get; init; } = Authorization;

    /// <summary>More headers of every request, e.g. <c>OpenAI-Organization</c>.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    internal const string Authorization = "Authorization";

    /// <summary>OpenAI and Azure, whose newer models refuse what the older interface had.</summary>
    internal bool IsOpenAi =>
        BaseUrl.Host.EndsWith(".openai.com", StringComparison.OrdinalIgnoreCase) || BaseUrl.Host.EndsWith(".azure.com", StringComparison.OrdinalIgnoreCase);

    /// <summary>Keys stay out of what is printed.</summary>
    public override string ToString() => $"{Name} at {BaseUrl.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)}";
}
