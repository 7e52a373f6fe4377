using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.Dialing;
using PhoneAgent.Campaigns.Plans;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Outbound;
using PhoneAgent.Telephony.Sip;

namespace PhoneAgent.Server.Campaigns;

/// <summary>Places the calls of campaigns on this server's line and lets their agents talk. Thread-safe.</summary>
internal sealed class CampaignCaller(
    IPhoneLine line, SipPhoneLine sip, OutboundGuard guard, CallHost host, AgentDirectory agents, ContactWishes wishes, LoadedConfig config, TimeProvider time) : IOutboundCaller
{
    // A rule that only a person can change is asked again after this; a limit says itself.
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMinutes(1);

    public int Room
    {
        get
        {
            int room = config.Options.Sip.MaxCalls - sip.ActiveCalls;
            return config.Options.Outbound.CallsAtOnce is > 0 and int limit ? Math.Min(room, limit - guard.Active) : room;
        }
    }

    public string? WhatIsMissing(CampaignPlan plan) =>
        agents.Find(plan.Agent) is null ? $"it has no agent '{plan.Agent}'. Put its file into agents.folder, then reload."
        : plan.Trunk is { } trunk && TrunkOf(plan) is null ? $"it has no account '{trunk}' under sip.accounts. Add it, or name another as the campaign's trunk."
        : null;

    public Clearance Clear(PhoneNumber number, CampaignPlan plan) => guard.Check(TargetOf(number, plan)) switch
    {
        null => new Clearance.Granted(),
        { Rule: OutboundRule.CallsPerHour or OutboundRule.CallsPerTarget or OutboundRule.CallsAtOnce } limit =>
            new Clearance.NotBefore(time.GetUtcNow() + (limit.RetryAfter ?? AskAgainAfter), limit.Message),
        { } refusal => new Clearance.Refused(refusal.Message),
    };

    public async Task<CallReport> CallAsync(CallOrder order, CancellationToken cancellationToken)
    {
        if (agents.Find(order.Plan.Agent) is not { } agent)
            return new CallReport(AttemptOutcome.Failed, null);
        DateTimeOffset now = time.GetUtcNow();
        string id = Guid.CreateVersion7(now).ToString("N");
        var contact = new ContactTalk(order, id, wishes);
        var call = new OutgoingCall(RequestOf(order, id), agent.Name, now)
        {
            For = new CampaignContact(order.Campaign.Id, order.Contact.Id),
            Recording = contact.Recording,
            OnAnswered = running => contact.Timeline = running.Timeline,
        };
        CallEnd end = await host.PlaceAsync(line, call, contact.Around(agent), cancellationToken).ConfigureAwait(false);
        if (end.IsOurRefusal)
            return CallReport.NotPlaced(Clear(order.Contact.Number, order.Plan) as Clearance.NotBefore ?? new Clearance.NotBefore(time.GetUtcNow() + AskAgainAfter, end.Reason ?? ""));
        if (call.Running is not { Timeline: var timeline })
            return new CallReport(AttemptOutcomes.OfFailure(end, call.Early?.Kind), null);
        await contact.EndAsync().ConfigureAwait(false);
        return new CallReport(AttemptOutcomes.OfCall(timeline.Snapshot(), end, contact.HasOptedOut), id);
    }

    private PlaceCallRequest RequestOf(CallOrder order, string id) => new(TargetOf(order.Contact.Number, order.Plan))
    {
        Id = id,
        CallerId = order.Identity.Number?.Value,
        DisplayName = order.Identity.DisplayName,
        AssertedNumber = order.Identity.AssertedNumber?.Value,
        IsCallerIdWithheld = order.Identity.IsWithheld,
        RingTimeout = order.Plan.RingTimeout,
    };

    /// <summary>The number at the plan's trunk; without one, as the line completes it.</summary>
    private string TargetOf(PhoneNumber number, CampaignPlan plan) =>
        TrunkOf(plan) is { } trunk
            ? $"sip:{number.Value}@{trunk.Domain}{(trunk.Transport == "udp" ? "" : $";transport={trunk.Transport}")}"
            : number.Value;

    private SipAccountOptions? TrunkOf(CampaignPlan plan) => config.Options.Sip.Accounts.FirstOrDefault(account => account.Label == plan.Trunk);
}
