using PhoneAgent.Campaigns.Contacts;

namespace PhoneAgent.Campaigns.CallerIds;

/// <summary>Who we say we are on one call, for the line.</summary>
public sealed record CallerIdentity
{
    /// <summary>The number that is shown; null: the account's own.</summary>
    public PhoneNumber? Number { get; init; }

    public string? DisplayName { get; init; }

    /// <summary>What we vouch for to the trunk (P-Asserted-Identity, RFC 3325); null: nothing.</summary>
    public PhoneNumber? AssertedNumber { get; init; }

    /// <summary>The contact is not to see who calls (RFC 3323).</summary>
    public bool IsWithheld { get; init; }
}
