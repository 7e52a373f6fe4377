using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Hosting;

/// <summary>Which agent answers which number. Immutable.</summary>
internal sealed class AgentDirectory(IReadOnlyDictionary<string, Agent> agents, AgentsOptions options)
{
    /// <summary>The agent for a called user part or number; null when there is none.</summary>
    public Agent? For(string called) =>
        agents.GetValueOrDefault(options.Routes.TryGetValue(called, out string? routed) ? routed : options.Default);

    public IReadOnlyCollection<Agent> All => [.. agents.Values];
}
