namespace PhoneAgent.Server.BrowserVoice;

/// <summary>Calls over WebSockets: browsers, and media streams of telephone clouds.</summary>
public sealed record BrowserVoiceOptions
{
    public bool Enabled { get; init; } = true;

    /// <summary>Calls at once over sockets.</summary>
    public int MaxCalls { get; init; } = 200;

    /// <summary>Sockets at once, those that are no call yet too.</summary>
    public int MaxSockets { get; init; } = 500;

    /// <summary>Sockets at once of one address. Behind a proxy, all are of one: raise it.</summary>
    public int MaxSocketsPerAddress { get; init; } = 20;

    /// <summary>How long a call whose connection broke waits, on hold, for its client to come back; 0: not at all.</summary>
    public TimeSpan ResumeWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the page's token for a call may be unused.</summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>An ONNX model that hears the wake word of hands-free callers; PROTOCOL.md says of what form. None by default.</summary>
    public string? WakeWordModel { get; init; }

    /// <summary>The word, for people.</summary>
    public string? WakeWord { get; init; }

    /// <summary>The model's probability from which on the word counts as heard.</summary>
    public double WakeWordThreshold { get; init; } = 0.5;

    /// <summary>What is wrong, each with its key.</summary>
    internal IEnumerable<(string Key, string Message)> Check()
    {
        if (MaxCalls is < 1 or > 10_000)
            yield return ("max_calls", $"{MaxCalls} is outside 1–10000.");
        if (MaxSockets < MaxCalls)
            yield return ("max_sockets", $"{MaxSockets} is less than max_calls ({MaxCalls}): every call needs a socket.");
        if (MaxSocketsPerAddress < 1)
            yield return ("max_sockets_per_address", $"{MaxSocketsPerAddress} lets nobody in; set enabled to false instead.");
        if (ResumeWindow > TimeSpan.FromMinutes(5))
            yield return ("resume_window", "Longer than five minutes keeps calls of people who are gone.");
        if (WakeWordThreshold is <= 0 or > 1)
            yield return ("wake_word_threshold", $"{WakeWordThreshold} is not between 0 and 1.");
        if (TokenLifetime < TimeSpan.FromSeconds(5))
            yield return ("token_lifetime", "Shorter than five seconds leaves a slow page no time to connect.");
    }
}
