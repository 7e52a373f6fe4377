namespace PhoneAgent.Inference.AzureSpeech;

/// <summary>An Azure Speech resource, or a container with the same service. One record a provider.</summary>
public sealed record AzureSpeechOptions
{
    /// <summary>The resource's region, e.g. "westeurope". Empty with <see cref="Host"/>.</summary>
    public string Region { get; init; } = "";

    /// <summary>Address of a container, e.g. ws://localhost:5000; null for the cloud.</summary>
    public string? Host { get; init; }

    /// <summary>BCP 47 tags that callers may speak beside the agent's own; the service finds out which (at most ten). Empty: the agent's only.</summary>
    public IReadOnlyList<string> Languages { get; init; } = [];

    /// <summary>The default voice.</summary>
    public string Voice { get; init; } = "en-US-AvaMultilingualNeural";

    /// <summary>How long the final result may take after the end of an utterance.</summary>
    public TimeSpan FinalTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a probe waits for what the service has yet to say of the audio that was sent: its round trip.</summary>
    public TimeSpan ProbeWait { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>Sentences spoken at the same time, of all calls together.</summary>
    public int MaxConcurrent { get; init; } = 64;

    /// <summary>Longer texts are cut; what they cost is bounded.</summary>
    public int MaxCharacters { get; init; } = 3_000;

    /// <summary>The provider's name in messages and on the timeline.</summary>
    internal string Name { get; init; } = "azure";

    /// <summary>The resource's key. Empty where a container needs none. Never logged.</summary>
    internal string Key { get; init; } = "";

    /// <summary>The same, for a provider of this name, with the key of its resource.</summary>
    /// <param name="key">Null where a container needs none.</param>
    public AzureSpeechOptions For(string name, string? key) => this with { Name = name, Key = key ?? "" };

    /// <summary>What is wrong with the values, each a sentence that begins with the key.</summary>
    public IEnumerable<string> Problems()
    {
        if (Host is null && Region.Length == 0)
            yield return "region: give the region of the resource, e.g. westeurope, or the host of a container.";
        if (Host is not null && Region.Length > 0)
            yield return "region: a container has none; give host or region.";
        if (Host is not null && (!Uri.TryCreate(Host, UriKind.Absolute, out var host) || host.Scheme is not ("ws" or "wss" or "http" or "https")))
            yield return $"host: '{Host}' is no address such as ws://localhost:5000.";
        if (Languages.Count > 9)
            yield return $"languages: {Languages.Count} are too many; the service chooses among ten, the agent's own included.";
        if (FinalTimeout < TimeSpan.FromMilliseconds(200) || FinalTimeout > TimeSpan.FromMinutes(1))
            yield return $"final_timeout: {FinalTimeout.TotalSeconds} s is not within 0.2 to 60 s.";
        if (ProbeWait < TimeSpan.Zero || ProbeWait > TimeSpan.FromSeconds(5))
            yield return $"probe_wait: {ProbeWait.TotalMilliseconds} ms is not within 0 to 5000 ms.";
        if (MaxConcurrent is < 1 or > 10_000)
            yield return $"max_concurrent: {MaxConcurrent} is not within 1 to 10000.";
        if (MaxCharacters is < 100 or > 10_000)
            yield return $"max_characters: {MaxCharacters} is not within 100 to 10000.";
    }

    /// <summary>Never the key.</summary>
    public override string ToString() => Host is null ? $"{Name} ({Region})" : $"{Name} ({Host})";
}
