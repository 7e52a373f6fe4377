namespace PhoneAgent.Campaigns.Contacts;

/// <summary>Somebody to be called, as imported.</summary>
public sealed record NewContact
{
    public required PhoneNumber Number { get; init; }

    /// <summary>IANA name of the contact's time zone, "Europe/Berlin"; null: by the number.</summary>
    public string? TimeZone { get; init; }

    /// <summary>What the agent's script may say, by column name. Personal data.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();
}

/// <summary>A contact of a campaign with where it stands.</summary>
public sealed record Contact
{
    public required long Id { get; init; }
    public required string CampaignId { get; init; }
    public required PhoneNumber Number { get; init; }
    public string? TimeZone { get; init; }
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();
    public required ContactState State { get; init; }

    /// <summary>Attempts that were written so far, the running one included.</summary>
    public int Attempts { get; init; }

    public Attempts.AttemptOutcome? LastOutcome { get; init; }

    /// <summary>Not to be dialled before; null when it is finished.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>The do-not-call list that finished it; null when none did.</summary>
    public string? DoNotCallList { get; init; }
}

public enum ContactState
{
    /// <summary>To be dialled when it is due.</summary>
    Waiting,

    /// <summary>A node holds it, or is calling it.</summary>
    Leased,

    /// <summary>Nothing more is to be done: reached, given up, or must not be called.</summary>
    Finished,
}
