using PhoneAgent.Conversation.Transfer.Humans;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Doctor;

/// <summary>Can those be called who take calls over?</summary>
internal static class HumanCheck
{
    private const string Area = "humans";

    public static IEnumerable<CheckResult> Run(LoadedConfig config, AgentDirectory? agents)
    {
        foreach (ScriptedAgent agent in (agents?.All ?? []).OfType<ScriptedAgent>())
            if (agent.Definition.Humans is { } humans)
                yield return Of(agent.Name, humans, hasAccount: config.Options.Sip.Accounts.Count > 0);
    }

    internal static CheckResult Of(string agent, HumanPlan humans, bool hasAccount)
    {
        IEnumerable<HumanTarget> all = humans.LastResort is { } last ? humans.Targets.Append(last) : humans.Targets;
        List<string> lost = [.. all.Select(target => target.Number).Where(number => !hasAccount && !IsAddress(number))];
        return lost.Count == 0
            ? CheckResult.Ok(Area, $"{agent}: callers can be connected with {string.Join(", ", all.Select(target => target.Number))}")
            : CheckResult.Warn(Area, $"{agent}: {string.Join(", ", lost)} cannot be dialled: a number needs an account, and there is none",
                "Name an account under sip.accounts, or write a whole address (sip:200@192.168.1.10) under 'human' in the agent's file.");
    }

    private static bool IsAddress(string target) =>
        target.Contains('@', StringComparison.Ordinal) || target.StartsWith("sip:", StringComparison.OrdinalIgnoreCase) || target.StartsWith("sips:", StringComparison.OrdinalIgnoreCase);
}
