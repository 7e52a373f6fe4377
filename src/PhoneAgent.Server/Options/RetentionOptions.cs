using PhoneAgent.Server.Storage.Calls;

namespace PhoneAgent.Server.Options;

/// <summary>How long what is known of calls is kept, from their beginning; 0: until somebody deletes it.</summary>
public sealed record RetentionOptions
{
    public TimeSpan Recordings { get; init; }

    /// <summary>Every event; it holds the words, too.</summary>
    public TimeSpan Timelines { get; init; }

    /// <summary>What was said, the summary and notes.</summary>
    public TimeSpan Transcripts { get; init; }

    /// <summary>Who called, when, and how it ended; with it goes all else.</summary>
    public TimeSpan Calls { get; init; }

    public CampaignRetentionOptions Campaigns { get; init; } = new();

    internal IEnumerable<(CallData What, TimeSpan Kept)> Times() =>
        [(CallData.Recordings, Recordings), (CallData.Timelines, Timelines), (CallData.Transcripts, Transcripts), (CallData.Calls, Calls)];

    /// <summary>All broken rules, each with the key it is about.</summary>
    internal IEnumerable<(string Key, string Message)> Check()
    {
        foreach ((CallData what, TimeSpan kept) in Times())
            if (kept < TimeSpan.Zero || (kept > TimeSpan.Zero && kept < TimeSpan.FromHours(1)))
                yield return (what.ToString().ToLowerInvariant(), "Shorter than one hour; write e.g. 30d, or 0 to keep it.");
        if (Transcripts > TimeSpan.Zero && (Timelines == TimeSpan.Zero || Timelines > Transcripts))
            yield return ("timelines", "Timelines hold the words too: do not keep them longer than transcripts.");
        foreach ((string key, string message) in Campaigns.Check())
            yield return ($"campaigns.{key}", message);
    }
}
