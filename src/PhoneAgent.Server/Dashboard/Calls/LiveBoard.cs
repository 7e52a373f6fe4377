using System.Runtime.CompilerServices;
using PhoneAgent.Conversation.Escalation;
using PhoneAgent.Server.Hosting;

namespace PhoneAgent.Server.Dashboard.Calls;

/// <summary>All calls of the moment as pages show them. Thread-safe.</summary>
internal sealed class LiveBoard(LiveCalls calls, AgentDirectory agents)
{
    private readonly ConditionalWeakTable<LiveCall, CallFollower> _followers = [];

    /// <summary>Who needs help first; then who has waited longest; calls that are over at the end.</summary>
    public IReadOnlyList<CallView> Views() =>
        [.. calls.All.Select(call => Follow(call).View()).OrderByDescending(view => view.Need).ThenByDescending(view => view.Elapsed).ThenBy(view => view.Id, StringComparer.Ordinal)];

    public CallFollower? Find(string id) => calls.Find(id) is { } call ? Follow(call) : null;

    private CallFollower Follow(LiveCall call) => _followers.GetValue(call, c => new CallFollower(c, EscalationOf(c.Agent)));

    private EscalationOptions EscalationOf(string agent) =>
        agents.All.OfType<TalkingAgent>().FirstOrDefault(a => a.Name == agent)?.Escalation ?? new EscalationOptions();
}
