namespace PhoneAgent.Conversation.Providers;

/// <summary>When a provider that fails is left out, and for how long.</summary>
public sealed record CircuitOptions
{
    /// <summary>Share of failed requests that opens the circuit, 0–1.</summary>
    public double FailureRatio { get; init; } = 0.5;

    /// <summary>Fewer requests than this open nothing; at least 2.</summary>
    public int MinimumRequests { get; init; } = 2;

    /// <summary>Requests of the last so much time count.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>From opening to the first trial in the background; doubled with every trial that fails.</summary>
    public TimeSpan Break { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan LongestBreak { get; init; } = TimeSpan.FromMinutes(2);
}
