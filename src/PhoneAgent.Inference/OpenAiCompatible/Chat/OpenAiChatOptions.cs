namespace PhoneAgent.Inference.OpenAiCompatible.Chat;

/// <summary>A language model on an OpenAI-compatible server.</summary>
/// <param name="Model">As the server calls it; Azure: the deployment.</param>
public sealed record OpenAiChatOptions(OpenAiServer Server, string Model)
{
    /// <summary>Asks for the count of tokens. Off only for an old server that refuses <c>stream_options</c>.</summary>
    public bool AsksForUsage { get; init; } = true;

    /// <summary>
    /// The newer name <c>max_completion_tokens</c>. Null: for OpenAI and Azure, whose newer models refuse <c>max_tokens</c>;
    /// other servers know the older name.
    /// </summary>
    public bool? UsesMaxCompletionTokens { get; init; }

    /// <summary>More fields of every request, each value JSON or plain text: <c>reasoning_effort: low</c>, <c>keep_alive: 30m</c>.</summary>
    public IReadOnlyDictionary<string, string> Body { get; init; } = new Dictionary<string, string>();
}
