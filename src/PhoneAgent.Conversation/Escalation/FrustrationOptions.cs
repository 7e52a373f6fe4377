namespace PhoneAgent.Conversation.Escalation;

/// <summary>
/// How much each sign of frustration adds to the score, which lies between 0 and 1 and fades. A weight is what one full
/// sign adds; weaker signs add their share of it. 0 switches a sign off.
/// </summary>
public sealed record FrustrationOptions
{
    public double Voice { get; init; } = 0.35;
    /// <summary>Taken off.</summary>
    public double CalmVoice { get; init; } = 0.10;
    public double Words { get; init; } = 0.35;
    /// <summary>Taken off.</summary>
    public double KindWords { get; init; } = 0.20;
    public double Repetition { get; init; } = 0.30;
    public double Interruption { get; init; } = 0.15;
    public double NotUnderstood { get; init; } = 0.15;
    public double Uncertain { get; init; } = 0.05;
    public double Silence { get; init; } = 0.05;
    public double ZeroKey { get; init; } = 0.40;
    public double Model { get; init; } = 0.35;

    /// <summary>In this time the score falls to half.</summary>
    public TimeSpan HalfLife { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>Below it a final result counts as <see cref="FrustrationSource.Uncertain"/>.</summary>
    public double LowConfidence { get; init; } = 0.5;

    /// <summary>From this likeness on two requests are the same, 0–1.</summary>
    public double SameRequest { get; init; } = 0.6;

    /// <summary>What one full sign adds; negative for what takes off.</summary>
    public double WeightOf(FrustrationSource source) => source switch
    {
        FrustrationSource.Voice => Voice,
        FrustrationSource.CalmVoice => -CalmVoice,
        FrustrationSource.Words => Words,
        FrustrationSource.KindWords => -KindWords,
        FrustrationSource.Repetition => Repetition,
        FrustrationSource.Interruption => Interruption,
        FrustrationSource.NotUnderstood => NotUnderstood,
        FrustrationSource.Uncertain => Uncertain,
        FrustrationSource.Silence => Silence,
        FrustrationSource.ZeroKey => ZeroKey,
        FrustrationSource.Model => Model,
        _ => throw new ArgumentOutOfRangeException(nameof(source)),
    };
}
