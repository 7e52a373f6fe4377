namespace PhoneAgent.Campaigns.Pacing;

/// <summary>How fast a campaign, or a trunk, may call.</summary>
public sealed record PacingLimits
{
    /// <summary>Calls in flight, ringing or answered.</summary>
    public int CallsAtOnce { get; init; } = 10;

    /// <summary>Calls begun per second, on average and without bursts; below 1 for one call in several seconds.</summary>
    public double CallsPerSecond { get; init; } = 1;
}
