using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Escalation;

namespace PhoneAgent.Conversation.Transfer.Brief;

/// <summary>
/// What a human should know before he takes a call over: who, why, what was said, how it sounded, what is known already. Immutable;
/// serialises as it stands. Holds personal data.
/// </summary>
public sealed record HandoverBrief
{
    public required string CallId { get; init; }
    public required CallDirection Direction { get; init; }
    /// <summary>The agent that hands over.</summary>
    public required string Agent { get; init; }
    /// <summary>The caller's number or user part, or "anonymous".</summary>
    public required string Caller { get; init; }
    public string? CallerName { get; init; }
    /// <summary>The number that was called, or that we presented.</summary>
    public required string Called { get; init; }
    public DateTimeOffset StartedAt { get; init; }
    /// <summary>How long the call had lasted.</summary>
    public TimeSpan Duration { get; init; }
    /// <summary>What the caller speaks; BCP 47 tag.</summary>
    public required string Language { get; init; }
    public required BriefReason Reason { get; init; }
    /// <summary>What the caller asked for, in words for people.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];
    /// <summary>Some sentences; "" when there is nothing to say.</summary>
    public string Summary { get; init; } = "";
    /// <summary>Who wrote the summary: "rules" or "model".</summary>
    public string SummaryBy { get; init; } = "rules";
    /// <summary>What was collected, the latest value of each.</summary>
    public IReadOnlyList<BriefField> Fields { get; init; } = [];
    /// <summary>The caller's words as heard, and the agent's as far as the caller heard them.</summary>
    public IReadOnlyList<BriefLine> Transcript { get; init; } = [];
    /// <summary>Lines at the beginning of a long call that <see cref="Transcript"/> leaves out.</summary>
    public int LinesLeftOut { get; init; }
    /// <summary>How each utterance sounded.</summary>
    public IReadOnlyList<EmotionPoint> Emotions { get; init; } = [];
    /// <summary>The score after each sign; between two it fades.</summary>
    public IReadOnlyList<FrustrationPoint> Frustration { get; init; } = [];
    /// <summary>For the ear, at most <see cref="SpokenBrief.Longest"/> long at a voice's normal rate, in the agent's language.</summary>
    public string Spoken { get; init; } = "";
}

/// <summary>Why the call is handed over.</summary>
/// <param name="Text">The dialogue's own words.</param>
/// <param name="Kind">"asked", "frustrated", "not-understood" or "other".</param>
/// <param name="Rule">The rule of escalation that fired, e.g. "sustained-turns"; null where none did.</param>
/// <param name="Score">The frustration then, 0–1.</param>
/// <param name="Signs">What spoke for it, the strongest first.</param>
public sealed record BriefReason(string Text, string Kind, string? Rule, double? Score, IReadOnlyList<BriefSign> Signs);

/// <param name="Amount">What all signs of this kind added to the score.</param>
/// <param name="Count">How many there were.</param>
public sealed record BriefSign(FrustrationSource Source, double Amount, int Count);

public enum BriefSpeaker
{
    Caller,
    Agent,
}

/// <param name="Interrupted">The agent was cut off here.</param>
public sealed record BriefLine(TimeSpan At, BriefSpeaker Who, string Text, bool Interrupted);

/// <param name="Name">Of a slot, a note, or a field of the after-call section.</param>
public sealed record BriefField(string Name, string Value);

public sealed record EmotionPoint(TimeSpan At, string Label, double Confidence);

public sealed record FrustrationPoint(TimeSpan At, double Score, FrustrationSource Source, double Amount);
