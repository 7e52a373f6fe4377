using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Providers;
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
        foreach (ScriptedAgent agent in (agents?.All ?? []).OfType<ScriptedAgent>().Where(agent => agent.Definition.Model is not null && config.Options.Engines.Llm is [EngineNames.Script]))
            yield return agent.Definition.Steps.Count > 0
                ? CheckResult.Warn(Area, $"{agent.Name}: no language model is configured; its script answers", "Name a provider under engines.llm.")
                : CheckResult.Fail(Area, $"{agent.Name}: it speaks by a language model, and none is configured", "Name a provider under engines.llm, or give the agent steps.");
        foreach (Agent agent in agents?.All ?? [])
            yield return CheckResult.Ok(Area, $"{agent.Name}: {Describe(agent)}"
                + (agent.Name == config.Options.Agents.Default ? ", answers what has no route" : ""));
        foreach ((int index, AgentRoute route) in config.Options.Agents.Routes.Index())
            yield return CheckResult.Ok(Area, $"route {index + 1}: {route}");
    }

    /// <summary>Does the recogniser know the words that the agents expect?</summary>
    public static async Task<IReadOnlyList<CheckResult>> RunAsync(AgentDirectory? agents, ISpeechRecognizer recognizer, CancellationToken cancellationToken)
    {
        var results = new List<CheckResult>();
        // Without a recogniser there is nothing to ask; the check of engines says that.
        if (recognizer is MissingRecognizer)
            return results;
        IEnumerable<ISpeechRecognizer> all = recognizer is RecognizerChain chain ? chain.Members.Select(m => m.Engine) : [recognizer];
        foreach (ISpeechRecognizer one in all)
            results.AddRange(await RunOneAsync(agents, one, cancellationToken).ConfigureAwait(false));
        foreach (ScriptedAgent agent in (agents?.All ?? []).OfType<ScriptedAgent>().Where(agent => ExpectedWords.HearsOnlyPhrases(recognizer, agent)))
            results.Add(CheckResult.Warn(
                Area, $"{agent.Name}: it speaks by a language model, but {recognizer.Name} only hears yes, no, digits, commands and the agent's intents",
                "Put a recogniser of open speech first under engines.stt: whisper, azure or openai."));
        return results;
    }

    private static async Task<List<CheckResult>> RunOneAsync(AgentDirectory? agents, ISpeechRecognizer recognizer, CancellationToken cancellationToken)
    {
        var results = new List<CheckResult>();
        foreach (ScriptedAgent agent in (agents?.All ?? []).OfType<ScriptedAgent>())
        {
            IReadOnlyList<(string Step, string Problem)> problems = await ExpectedWords.PrepareAsync(recognizer, agent, cancellationToken).ConfigureAwait(false);
            foreach ((string step, string problem) in problems)
                results.Add(CheckResult.Warn(Area, $"{agent.Name}, step {step}: {problem}", "Callers who say it are not understood. Use other words in the agent's file."));
            if (problems.Count == 0)
                results.Add(CheckResult.Ok(Area, $"{agent.Name}: {recognizer.Name} knows every word that it expects"));
        }
        return results;
    }

    private static string Describe(Agent agent) => agent is ScriptedAgent { Definition: { Model: not null } thinking }
        ? $"language model, {thinking.Tools.Count} tools, {(thinking.Steps.Count == 0 ? "no script" : $"a script of {thinking.Steps.Count} steps")} for when it fails"
        : agent is ScriptedAgent { Definition: var definition }
        ? $"{definition.Steps.Count} steps, {definition.Intents.Count} intents"
        : "built in, callers hear themselves";
}
