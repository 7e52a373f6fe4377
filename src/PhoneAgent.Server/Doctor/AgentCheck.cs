using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Doctor;

/// <summary>Are the agents' files right?</summary>
internal static class AgentCheck
{
    private const string Area = "agents";

    public static IEnumerable<CheckResult> Run(LoadedConfig config, AgentDirectory? agents, IReadOnlyList<ConfigProblem> problems)
    {
        foreach (ConfigProblem problem in problems)
            yield return CheckResult.Fail(Area, problem.ToString(), "Mend the agent's file; config/agents/front-desk.yaml explains every option.");
        foreach (Agent agent in agents?.All ?? [])
            yield return CheckResult.Ok(Area, $"{agent.Name}: {Describe(agent)}"
                + (agent.Name == config.Options.Agents.Default ? ", answers what has no route" : ""));
    }

    private static string Describe(Agent agent) => agent is ScriptedAgent { Definition: var definition }
        ? $"{definition.Steps.Count} steps, {definition.Intents.Count} intents"
        : "built in, callers hear themselves";
}
