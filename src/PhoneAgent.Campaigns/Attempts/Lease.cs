using PhoneAgent.Campaigns.Contacts;

namespace PhoneAgent.Campaigns.Attempts;

/// <summary>A node's right to call a contact, until a time. It ends by itself when the node stops renewing it.</summary>
/// <param name="Token">Grows with every lease of the contact, so that a node that woke up late is refused (fencing).</param>
public sealed record Lease(Contact Contact, string Node, long Token, DateTimeOffset ExpiresAt);

/// <summary>What became of the wish to begin an attempt.</summary>
public abstract record AttemptStart
{
    private AttemptStart() { }

    /// <summary>The attempt is on disk; dial now.</summary>
    public sealed record Begun(Attempt Attempt) : AttemptStart;

    /// <summary>The number is on a do-not-call list: the contact is finished and was not dialled.</summary>
    public sealed record OnDoNotCallList(string List) : AttemptStart;

    /// <summary>Another node has the contact, or the campaign does not run any more: do nothing.</summary>
    public sealed record LeaseLost : AttemptStart;

    /// <summary>The number is being called by another campaign, or was within the spacing: it is due again at the time.</summary>
    public sealed record TooSoon(DateTimeOffset DueAt) : AttemptStart;
}
