using PhoneAgent.Conversation.Dialogue.Knowledge;
using PhoneAgent.Server.Hosting;

namespace PhoneAgent.Server.Doctor;

/// <summary>What do the agents know? What is wrong with a folder is said with the agents' files.</summary>
internal static class KnowledgeCheck
{
    private const string Area = "knowledge";

    public static IEnumerable<CheckResult> Run(AgentDirectory? agents)
    {
        foreach (ScriptedAgent agent in (agents?.All ?? []).OfType<ScriptedAgent>())
            if (agent.Knowledge is { } knowledge)
                yield return CheckResult.Ok(Area, Describe(agent.Name, knowledge));
    }

    private static string Describe(string agent, KnowledgeBase knowledge)
    {
        int files = knowledge.Passages.Select(passage => passage.File).Distinct().Count();
        return $"{agent}: {knowledge.Passages.Count} passages of {files} files in {knowledge.Folder}";
    }
}
