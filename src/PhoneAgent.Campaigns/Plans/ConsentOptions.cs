namespace PhoneAgent.Campaigns.Plans;

/// <summary>What a contact is told and asked before the conversation.</summary>
public sealed record ConsentOptions
{
    /// <summary>Said first: that this is an automated assistant, and whose. Null: the agent's greeting says it.</summary>
    public string? Disclosure { get; init; }

    public RecordingConsent Recording { get; init; } = RecordingConsent.Never;

    /// <summary>Asked with <see cref="RecordingConsent.Ask"/>.</summary>
    public string? RecordingQuestion { get; init; }
}

public enum RecordingConsent
{
    Never,

    /// <summary>Nothing is recorded until the contact has said yes.</summary>
    Ask,

    /// <summary>From the first second; where the law allows it, and the disclosure says so.</summary>
    Always,
}
