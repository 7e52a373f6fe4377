namespace PhoneAgent.Conversation.Escalation;

/// <summary>When a frustrated caller is handed to a human.</summary>
public sealed record EscalationOptions
{
    public bool Enabled { get; init; } = true;

    public FrustrationOptions Frustration { get; init; } = new();

    /// <summary>From this score on the caller counts as frustrated.</summary>
    public double Threshold { get; init; } = 0.5;

    /// <summary>Frustration is over when the score has fallen below this: hysteresis.</summary>
    public double Release { get; init; } = 0.35;

    /// <summary>Frustrated for this many of the caller's turns in a row counts as sustained; 0: turns do not count.</summary>
    public int SustainedTurns { get; init; } = 2;

    /// <summary>Frustrated for this long counts as sustained; zero: time does not count.</summary>
    public TimeSpan SustainedFor { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>So many different signs must have spoken since frustration began to rise: one angry word alone is not enough; another one is another sign.</summary>
    public int MinSources { get; init; } = 2;

    /// <summary>Where there is a language model, it reads the caller's mood out of his words, with a small request a turn.</summary>
    public bool ModelReading { get; init; } = true;
}
