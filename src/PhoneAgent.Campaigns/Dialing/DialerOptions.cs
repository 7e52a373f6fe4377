using PhoneAgent.Campaigns.Pacing;

namespace PhoneAgent.Campaigns.Dialing;

/// <summary>How a node dials campaigns: <c>campaigns</c>.</summary>
public sealed record DialerOptions
{
    private static readonly TimeSpan ShortestLease = TimeSpan.FromSeconds(2);

    /// <summary>Off: campaigns are kept and shown here, and other nodes dial them.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Where files lie that definitions name, e.g. of days off.</summary>
    public string Folder { get; init; } = "config/campaigns";

    /// <summary>Agents that only campaigns need; those of routes are there anyway.</summary>
    public IReadOnlyList<string> Agents { get; init; } = [];

    /// <summary>Begins this node's name in leases and attempts; null: the machine's name. Each run of a process adds its own.</summary>
    public string? Node { get; init; }

    /// <summary>For how long contacts belong to a node that is not heard of. Much longer than the clocks of the nodes differ.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the database is looked at for campaigns that were started, paused or changed.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How fast all campaigns of this node together may use one trunk.</summary>
    public PacingLimits Trunk { get; init; } = new() { CallsAtOnce = 100, CallsPerSecond = 10 };

    /// <summary>All broken rules, each with the key it is about.</summary>
    public IEnumerable<(string Key, string Message)> Check()
    {
        if (Lease < ShortestLease || Lease > TimeSpan.FromHours(1))
            yield return ("lease", "Outside 2s–1h: nodes that are alive must be able to renew it in time.");
        if (Poll < TimeSpan.FromMilliseconds(100) || Poll > Lease / 3)
            yield return ("poll", "Outside 100ms and a third of campaigns.lease: a missed look must not end a lease.");
        if (Trunk.CallsAtOnce is < 1 or > 100_000)
            yield return ("trunk.calls_at_once", "Outside 1–100000.");
        if (Trunk.CallsPerSecond is not (> 0 and <= 1_000))
            yield return ("trunk.calls_per_second", "Outside 0–1000, without 0.");
    }
}
