namespace PhoneAgent.Server.Dashboard.Calls;

/// <summary>Who a line of a transcript belongs to.</summary>
public enum Side
{
    Caller,
    Agent,
    /// <summary>Something that happened: a key, a transfer, another agent.</summary>
    Note,
}

/// <summary>A line of a transcript. Personal data.</summary>
/// <param name="Number">From 0; lines are replaced, never removed.</param>
/// <param name="At">Media time of its beginning.</param>
/// <param name="Text">What was said; of the agent: what the caller has heard.</param>
public sealed record TranscriptLine(int Number, Side Side, TimeSpan At, string Text)
{
    /// <summary>It may still change: interim words, or a sentence on its way.</summary>
    public bool IsOpen { get; init; }

    /// <summary>What the agent wanted to say and the caller never heard.</summary>
    public string Cut { get; init; } = "";

    /// <summary>What is being said, not known to be heard yet.</summary>
    public string Pending { get; init; } = "";

    /// <summary>How it sounded; null when nothing is known.</summary>
    public string? Mood { get; init; }

    /// <summary>The caller's words were not understood.</summary>
    public bool IsDoubtful { get; init; }

    /// <summary>A note that somebody must see.</summary>
    public bool IsUrgent { get; init; }
}
