namespace PhoneAgent.Campaigns.Attempts;

/// <summary>One try to reach a contact. Written before it is dialled: a crash can lose a call, never repeat one.</summary>
public sealed record Attempt
{
    public required long Id { get; init; }
    public required long ContactId { get; init; }
    public required string CampaignId { get; init; }

    /// <summary>1 for the contact's first.</summary>
    public required int Number { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The node that dialled.</summary>
    public required string Node { get; init; }

    /// <summary>The number that was shown to the contact.</summary>
    public string? CallerId { get; init; }

    /// <summary>Null while it runs.</summary>
    public AttemptOutcome? Outcome { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The call's identifier in the call store, once there is a call.</summary>
    public string? CallId { get; init; }
}

/// <summary>How an attempt ended, as the report counts it. Stored by name: never rename one.</summary>
public enum AttemptOutcome
{
    /// <summary>A person talked with the agent.</summary>
    Answered,

    /// <summary>A person answered and hung up before the conversation began.</summary>
    HungUpEarly,

    /// <summary>The person asked not to be called again.</summary>
    OptedOut,

    /// <summary>An answering machine; nothing was left.</summary>
    Machine,

    /// <summary>A message was left after the beep.</summary>
    MessageLeft,

    /// <summary>A fax machine or modem.</summary>
    Fax,

    Busy,
    NoAnswer,

    /// <summary>The far end declined (603, 403 …).</summary>
    Rejected,

    /// <summary>The number does not exist (404, 410, 484, 604 or the SIT tones).</summary>
    NotInService,

    /// <summary>The call could not be placed: the network, the trunk, our own side.</summary>
    Failed,

    /// <summary>Answered, and nobody spoke.</summary>
    Silence,

    /// <summary>The node died while the attempt ran: what happened is not known. Counts as made.</summary>
    Lost,
}
