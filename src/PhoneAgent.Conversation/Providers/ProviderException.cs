namespace PhoneAgent.Conversation.Providers;

/// <summary>
/// A provider behind a network that failed. The message is for a log and for the timeline: it names the provider, what went
/// wrong and what to do, and holds neither keys nor anything that a caller or the agent said.
/// </summary>
public sealed class ProviderException : EngineException
{
    public ProviderException(string provider, ProviderFailureKind kind, string message) : base(message) =>
        (Provider, Kind) = (provider, kind);

    public ProviderException(string provider, ProviderFailureKind kind, string message, Exception inner) : base(message, inner) =>
        (Provider, Kind) = (provider, kind);

    /// <summary>The provider's name in the configuration.</summary>
    public string Provider { get; }

    public ProviderFailureKind Kind { get; }

    /// <summary>How long the provider asks to be left alone; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The HTTP status, when there was one.</summary>
    public int? Status { get; init; }

    /// <summary>Asking the same provider the same again may succeed.</summary>
    public bool IsTransient => Kind is not (ProviderFailureKind.Unauthorized or ProviderFailureKind.BadRequest);
}
