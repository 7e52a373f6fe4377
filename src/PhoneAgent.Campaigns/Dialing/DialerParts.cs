using Microsoft.Extensions.Logging;
using PhoneAgent.Campaigns.Pacing;

namespace PhoneAgent.Campaigns.Dialing;

/// <summary>What the campaigns of one node share.</summary>
internal sealed record DialerParts(ICampaignStore Store, IOutboundCaller Caller, DialerOptions Options, TimeProvider Time, ILogger Logger)
{
    /// <summary>Of all campaigns.</summary>
    public AgentPlaces Places { get; } = new(Caller);

    public required NodeLeases Node { get; init; }
    public required StoreHealth Health { get; init; }
    public required OutcomeDesk Outcomes { get; init; }
    public required Func<string?, PaceGate> Trunk { get; init; }

    /// <summary>Hangs up what still runs.</summary>
    public required CancellationToken HangUp { get; init; }

    /// <summary>Gives up on outcomes that the store does not take.</summary>
    public required CancellationToken GiveUp { get; init; }
}
