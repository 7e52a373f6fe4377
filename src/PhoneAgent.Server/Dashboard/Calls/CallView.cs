namespace PhoneAgent.Server.Dashboard.Calls;

/// <summary>A call at one moment, as a list shows it. Personal data.</summary>
public sealed record CallView
{
    public required string Id { get; init; }
    public required string Caller { get; init; }
    public required string Called { get; init; }
    public required bool IsInbound { get; init; }
    public required string Agent { get; init; }

    /// <summary>The state of the turn machine.</summary>
    public required string State { get; init; }

    public required TimeSpan Elapsed { get; init; }

    /// <summary>How it ended, in words; null while it runs.</summary>
    public string? Ended { get; init; }

    public TranscriptLine? LastWords { get; init; }

    /// <summary>How the caller's last utterance sounded; null when nothing is known.</summary>
    public TonePoint? Tone { get; init; }

    /// <summary>Frustration now, 0–1.</summary>
    public required double Score { get; init; }

    /// <summary>From here on the caller counts as frustrated.</summary>
    public required double Threshold { get; init; }

    /// <summary>Frustration over the last two minutes, in equal steps, the last one now.</summary>
    public required IReadOnlyList<double> Curve { get; init; }

    /// <summary>The last time from the caller's last sound to the agent's first.</summary>
    public TimeSpan? Gap { get; init; }

    /// <summary>Why a human is needed; null when the rule has not decided so.</summary>
    public string? Escalated { get; init; }

    /// <summary>Failures so far that the caller may have felt.</summary>
    public int Failures { get; init; }

    /// <summary>Events so far.</summary>
    public required int Version { get; init; }

    public bool IsOver => Ended is not null;

    public bool IsFrustrated => Score >= Threshold;

    /// <summary>Who needs help comes first: higher is more urgent.</summary>
    public double Need => IsOver ? -1
        : (Escalated is null ? 0 : 4) + (State == "Transferring" ? 1 : 0) + (IsFrustrated ? 2 : 0) + Score + Math.Min(Failures, 5) * 0.1;
}
