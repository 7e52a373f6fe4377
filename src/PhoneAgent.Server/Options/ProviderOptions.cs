namespace PhoneAgent.Server.Options;

/// <summary>
/// One entry of <c>providers:</c>: an engine or a service with settings of its own. The keys of its kind's settings stand
/// beside these, see <see cref="ProviderKinds"/>.
/// </summary>
public sealed record ProviderOptions
{
    public string Kind { get; init; } = "";

    /// <summary>The key of a service. Never logged. Better in the environment than in a file.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The environment variable that holds the key, e.g. OPENAI_API_KEY.</summary>
    public string? ApiKeyEnv { get; init; }

    /// <summary>Names that agents use → this provider's voices, so that one name is a voice of every provider of a chain.</summary>
    public IReadOnlyDictionary<string, string> Voices { get; init; } = new Dictionary<string, string>();

    /// <summary>What a language model costs for a million tokens of the request; null: not counted.</summary>
    public double? InputPrice { get; init; }

    /// <summary>What a language model costs for a million tokens of the answer; null: not counted.</summary>
    public double? OutputPrice { get; init; }

    /// <summary>The option record of the kind's engine; null where the kind was not said rightly, which is a problem of its own.</summary>
    internal object? Settings { get; init; }

    /// <summary>Keys stay out of what is printed.</summary>
    public override string ToString() => $"provider of kind {Kind}";
}
