using PhoneAgent.Campaigns.Contacts;

namespace PhoneAgent.Campaigns.CallerIds;

/// <summary>Which number the contact sees.</summary>
public sealed record CallerIdOptions
{
    /// <summary>Numbers that we may show; none: the trunk's own.</summary>
    public IReadOnlyList<PhoneNumber> Numbers { get; init; } = [];

    public CallerIdChoice Choose { get; init; } = CallerIdChoice.Local;

    /// <summary>Shown beside the number where the network carries names.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Sends P-Asserted-Identity (RFC 3325): the trunk must trust us to say who calls.</summary>
    public bool Assert { get; init; }

    /// <summary>What is asserted when it is not the number that is shown, e.g. the main number of the trunk.</summary>
    public PhoneNumber? AssertedNumber { get; init; }

    /// <summary>Asks the trunk to keep our number from the contact (RFC 3323). Many countries forbid this to advertisers.</summary>
    public CallerPrivacy Privacy { get; init; }
}

public enum CallerIdChoice
{
    /// <summary>The number that begins like the contact's: of the same area, or at least the same country.</summary>
    Local,

    /// <summary>One after the other.</summary>
    Rotate,
}

public enum CallerPrivacy
{
    None,

    /// <summary>The network may know who calls, the contact may not ("Privacy: id", From anonymous).</summary>
    Withheld,
}
