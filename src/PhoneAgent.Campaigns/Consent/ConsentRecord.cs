using PhoneAgent.Campaigns.Contacts;

namespace PhoneAgent.Campaigns.Consent;

/// <summary>Proof of what a contact was told or allowed, kept as long as the retention of consent says.</summary>
/// <param name="Words">What was said: the disclosure by the agent, or the answer by the contact. Personal data.</param>
/// <param name="At">When, and where in the call.</param>
public sealed record ConsentRecord(PhoneNumber Number, string CampaignId, string CallId, ConsentKind Kind, string Words, DateTimeOffset At, TimeSpan MediaTime);

public enum ConsentKind
{
    /// <summary>The contact heard to the end that it talks with an automated assistant.</summary>
    DisclosureHeard,
    RecordingGranted,
    RecordingRefused,
}
