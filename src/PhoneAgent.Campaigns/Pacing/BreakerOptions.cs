namespace PhoneAgent.Campaigns.Pacing;

/// <summary>When a campaign rests because its calls fail (the trunk, the network: not people who are busy).</summary>
public sealed record BreakerOptions
{
    /// <summary>Share of failed calls that pauses the campaign, above 0 and up to 1.</summary>
    public double FailureShare { get; init; } = 0.5;

    /// <summary>Fewer calls than this within the window pause nothing; at least 2.</summary>
    public int MinimumCalls { get; init; } = 10;

    /// <summary>Calls that ended in the last so much time count.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>From the pause to the one call that tries whether it works again; doubled with every trial that fails.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMinutes(1);

    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(15);
}
