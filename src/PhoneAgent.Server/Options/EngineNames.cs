namespace PhoneAgent.Server.Options;

/// <summary>The names that stand in the chains of <c>engines</c>.</summary>
internal static class EngineNames
{
    /// <summary>What is embedded, the best that works here.</summary>
    public const string Auto = "auto";

    /// <summary>Of language models: the agent's own script.</summary>
    public const string Script = "script";

    private const int LongestChain = 8;

    // How pocketsphinx was written before chains.
    private static readonly Dictionary<string, string> OtherSpellings = new() { ["pocket-sphinx"] = "pocketsphinx" };

    /// <summary>The provider of that name: an entry of <c>providers</c>, or a kind that needs no settings.</summary>
    public static ProviderOptions? Find(PhoneAgentOptions options, string name)
    {
        if (options.Providers.TryGetValue(name, out ProviderOptions? provider))
            return provider;
        return ProviderKinds.All.TryGetValue(OtherSpellings.GetValueOrDefault(name, name), out ProviderKind? kind) && kind.NeedsNoSettings
            ? new ProviderOptions { Kind = kind.Name, Settings = Activator.CreateInstance(kind.Settings) }
            : null;
    }

    /// <summary>All that is wrong with the chains, each with its key.</summary>
    public static IEnumerable<(string Key, string Message)> Check(PhoneAgentOptions options) =>
        Check(options, "engines.stt", options.Engines.Stt, ProviderStages.Hear, "hear", Auto)
            .Concat(Check(options, "engines.tts", options.Engines.Tts, ProviderStages.Speak, "speak", Auto))
            .Concat(Check(options, "engines.llm", options.Engines.Llm, ProviderStages.Think, "think", Script))
            .Concat(CheckNumbers(options.Engines))
            .Concat(options.Providers.SelectMany(p => CheckSettings(p.Key, p.Value)))
            .Concat(options.Providers.Where(p => p.Key is Auto or Script).Select(p => ($"providers.{p.Key}", $"'{p.Key}' has a meaning of its own; choose another name.")));

    private static IEnumerable<(string Key, string Message)> Check(
        PhoneAgentOptions options, string key, IReadOnlyList<string> chain, ProviderStages stage, string verb, string special)
    {
        if (chain.Count is 0 or > LongestChain)
            yield return (key, $"A chain has 1 to {LongestChain} names.");
        var seen = new HashSet<string>();
        for (int i = 0; i < chain.Count; i++)
        {
            string name = chain[i];
            if (!seen.Add(name))
                yield return ($"{key}[{i}]", $"'{name}' stands here twice.");
            if (name == special)
            {
                if (special == Script && i < chain.Count - 1)
                    yield return ($"{key}[{i}]", "The script never fails, so nothing behind it is ever asked: put it last.");
                continue;
            }
            if (stage == ProviderStages.Speak && Find(options, name) is { Settings: OpenAiSettings { Voice: null } })
                yield return ($"providers.{name}.voice", "A provider of kind openai that speaks needs a voice.");
            if (Find(options, name) is not { } provider)
                yield return ($"{key}[{i}]", Unknown(options, name, stage, special));
            else if (ProviderKinds.All.TryGetValue(provider.Kind, out ProviderKind? kind) && !kind.Stages.HasFlag(stage))
                yield return ($"{key}[{i}]", $"'{name}' is of kind {kind.Name}, which cannot {verb}. Those that can: {string.Join(", ", ProviderKinds.All.Values.Where(k => k.Stages.HasFlag(stage)).Select(k => k.Name))}.");
        }
    }

    private static string Unknown(PhoneAgentOptions options, string name, ProviderStages stage, string special)
    {
        List<string> known =
        [
            special,
            .. options.Providers.Where(p => ProviderKinds.All.TryGetValue(p.Value.Kind, out ProviderKind? kind) && kind.Stages.HasFlag(stage)).Select(p => p.Key),
            .. ProviderKinds.All.Values.Where(k => k.Stages.HasFlag(stage) && k.NeedsNoSettings).Select(k => k.Name),
        ];
        if (ProviderKinds.All.ContainsKey(name))
            return $"A provider of kind {name} has settings: give it an entry in providers, and write that entry's name here.";
        return Spelling.Closest(name, known) is { } close
            ? $"There is no provider '{name}'. Did you mean '{close}'?"
            : $"There is no provider '{name}'. Known here: {string.Join(", ", known.Distinct())}.";
    }

    private static IEnumerable<(string Key, string Message)> CheckSettings(string name, ProviderOptions provider)
    {
        if (provider is { ApiKey: not null, ApiKeyEnv: not null })
            yield return ($"providers.{name}.api_key_env", "Give the key or the variable that holds it, not both.");
        if (provider.InputPrice < 0 || provider.OutputPrice < 0)
            yield return ($"providers.{name}", "A price is not negative.");
        if (provider.Settings is null)
            yield break;
        foreach (string problem in ProviderKinds.All[provider.Kind].Problems(provider.Settings))
        {
            int colon = problem.IndexOf(": ", StringComparison.Ordinal);
            // A problem of several keys names them all.
            string key = problem[..colon].Split(',')[0];
            yield return ($"providers.{name}.{ConfigBinder.KeyOf(key)}", problem[(colon + 2)..]);
        }
    }

    private static IEnumerable<(string Key, string Message)> CheckNumbers(EngineOptions engines)
    {
        foreach ((string key, TimeSpan limit) in new[] { ("final", engines.Limits.Final), ("first_audio", engines.Limits.FirstAudio), ("first_token", engines.Limits.FirstToken), ("stall", engines.Limits.Stall), ("background", engines.Limits.Background) })
        {
            if (limit < TimeSpan.FromMilliseconds(50))
                yield return ($"engines.limits.{key}", "Shorter than 50ms leaves a provider no time to answer.");
        }
        if (engines.Circuit.FailureRatio is <= 0 or > 1)
            yield return ("engines.circuit.failure_ratio", $"{engines.Circuit.FailureRatio} is not above 0 and up to 1.");
        if (engines.Circuit.MinimumRequests < 2)
            yield return ("engines.circuit.minimum_requests", "One request alone is no ratio: 2 or more.");
        if (engines.Circuit.Window < TimeSpan.FromSeconds(1))
            yield return ("engines.circuit.window", "Shorter than one second.");
        if (engines.Circuit.Break < TimeSpan.FromSeconds(1) || engines.Circuit.LongestBreak < engines.Circuit.Break)
            yield return ("engines.circuit", "The break is one second or more, and longest_break not shorter than it.");
    }
}
