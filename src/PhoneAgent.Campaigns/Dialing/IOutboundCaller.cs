using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.CallerIds;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.Plans;

namespace PhoneAgent.Campaigns.Dialing;

/// <summary>Where the dialer's calls go out. Thread-safe.</summary>
public interface IOutboundCaller
{
    /// <summary>Calls that could be placed now, besides those that run.</summary>
    int Room { get; }

    /// <summary>What this server lacks to call anybody for a plan, and what to do: its agent, its trunk. Null: nothing.</summary>
    string? WhatIsMissing(CampaignPlan plan);

    /// <summary>Whether this number may be called at all, and now. Asked right before an attempt is written; what is allowed counts as used.</summary>
    Clearance Clear(PhoneNumber number, CampaignPlan plan);

    /// <summary>
    /// Places the call, lets the campaign's agent talk, and returns when it is over. What goes wrong with the call is an outcome,
    /// not an exception. Cancelling hangs up.
    /// </summary>
    Task<CallReport> CallAsync(CallOrder order, CancellationToken cancellationToken);
}

/// <summary>A call to be placed: its attempt is written already.</summary>
/// <param name="Identity">Who we say we are.</param>
public sealed record CallOrder(Campaign Campaign, CampaignPlan Plan, Contact Contact, Attempt Attempt, CallerIdentity Identity);

/// <param name="CallId">The call's identifier in the call store; null when it was never answered.</param>
public sealed record CallReport(AttemptOutcome Outcome, string? CallId)
{
    /// <summary>
    /// A limit that was free when the number was cleared stood in the way after all. Nothing was sent, so it is no attempt and says
    /// nothing about the trunk. Null: the call was placed, or could not be.
    /// </summary>
    public Clearance.NotBefore? Limit { get; init; }

    /// <inheritdoc cref="Limit"/>
    public static CallReport NotPlaced(Clearance.NotBefore limit) => new(AttemptOutcome.Failed, null) { Limit = limit };
}

/// <summary>The answer to "may we call this number?".</summary>
public abstract record Clearance
{
    private Clearance() { }

    public sealed record Granted : Clearance;

    /// <summary>Not at the moment: a limit per hour is used up.</summary>
    public sealed record NotBefore(DateTimeOffset At, string Reason) : Clearance;

    /// <summary>Never: we do not call such numbers.</summary>
    public sealed record Refused(string Reason) : Clearance;
}
