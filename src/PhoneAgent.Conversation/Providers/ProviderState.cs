namespace PhoneAgent.Conversation.Providers;

public enum ProviderState
{
    /// <summary>Gets requests.</summary>
    Healthy,
    /// <summary>Failed too often or asked to be left alone; tried again in the background, and by callers only when nobody else is left.</summary>
    Resting,
    /// <summary>Refuses our key: not asked again before the configuration has changed.</summary>
    Refused,
}

/// <summary>How a provider is doing.</summary>
/// <param name="Stage">"stt", "llm" or "tts".</param>
/// <param name="LastFailure">Null when nothing has failed yet.</param>
/// <param name="RestsUntil">Not tried before; null when it is healthy, or only its own trial will tell.</param>
public sealed record ProviderStatus(string Stage, string Provider, ProviderState State, string? LastFailure, DateTimeOffset? RestsUntil);
