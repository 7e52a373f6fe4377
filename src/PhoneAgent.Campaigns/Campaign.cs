using PhoneAgent.Campaigns.Attempts;

namespace PhoneAgent.Campaigns;

/// <summary>What a campaign is to do. Immutable; where it stands is <see cref="CampaignStatus"/>.</summary>
public sealed record Campaign
{
    /// <summary>Letters, digits, "-" and "_"; unique.</summary>
    public required string Id { get; init; }

    /// <summary>The agent of the configuration that talks.</summary>
    public required string Agent { get; init; }

    /// <summary>The definition as it was read (YAML), with window, retries, pacing and lists; what the typed parts are made from.</summary>
    public required string Definition { get; init; }

    /// <summary>Lists that are checked at import and right before each call.</summary>
    public IReadOnlyList<string> DoNotCallLists { get; init; } = [];

    public DateTimeOffset CreatedAt { get; init; }
}

public enum CampaignState
{
    Draft,
    Running,
    Paused,

    /// <summary>Ended by a person; not to be started again.</summary>
    Stopped,

    /// <summary>Every contact is finished.</summary>
    Completed,
}

/// <summary>Where a campaign stands.</summary>
/// <param name="Outcomes">Finished attempts by outcome.</param>
public sealed record CampaignStatus(
    Campaign Campaign,
    CampaignState State,
    int Contacts,
    int Waiting,
    int Leased,
    int Finished,
    int OnDoNotCallList,
    IReadOnlyDictionary<AttemptOutcome, int> Outcomes);
