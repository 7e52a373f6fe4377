using PhoneAgent.Server.Storage.Campaigns;

namespace PhoneAgent.Server.Options;

/// <summary>How long what campaigns know is kept; 0: until somebody deletes it.</summary>
public sealed record CampaignRetentionOptions
{
    // The longest spacing that a campaign may ask for: what was forgotten before could be called too soon.
    private static readonly TimeSpan LongestSpacing = TimeSpan.FromDays(30);

    /// <summary>People who will not be called any more, with their attempts.</summary>
    public TimeSpan Contacts { get; init; }

    public TimeSpan Attempts { get; init; }

    /// <summary>Proofs of what people were told and allowed.</summary>
    public TimeSpan Consents { get; init; }

    /// <summary>Do-not-call entries: somebody's wish, that has no end by itself.</summary>
    public TimeSpan DoNotCall { get; init; }

    internal IEnumerable<(CampaignData What, TimeSpan Kept)> Times() =>
        [(CampaignData.Attempts, Attempts), (CampaignData.Contacts, Contacts), (CampaignData.Consents, Consents), (CampaignData.DoNotCall, DoNotCall)];

    /// <summary>All broken rules, each with the key it is about.</summary>
    internal IEnumerable<(string Key, string Message)> Check()
    {
        foreach ((CampaignData what, TimeSpan kept) in Times())
            if (kept < TimeSpan.Zero || (kept > TimeSpan.Zero && kept < LongestSpacing))
                yield return (ConfigValue.EnumText(what.ToString()).Replace('-', '_'), "Shorter than 30d, the longest spacing of calls to one number; write e.g. 180d, or 0 to keep it.");
    }
}
