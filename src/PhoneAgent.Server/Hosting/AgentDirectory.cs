using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue.Knowledge;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Hosting;

/// <summary>Which agent answers which call. Thread-safe; what is read together is of one moment.</summary>
internal sealed class AgentDirectory
{
    private volatile Snapshot _now;

    /// <param name="agents">All that <paramref name="options"/> names.</param>
    /// <param name="options">Which calls they answer.</param>
    public AgentDirectory(IEnumerable<Agent> agents, AgentsOptions options)
    {
        Dictionary<string, Agent> all = agents.ToDictionary(a => a.Name);
        _now = new Snapshot(all, new RouteTable(options.Routes), options.Default,
            all.Values.OfType<ScriptedAgent>().SelectMany(agent => agent.Definition.NamedNumbers()).ToHashSet(StringComparer.Ordinal));
    }

    private sealed record Snapshot(Dictionary<string, Agent> Agents, RouteTable Routes, string Default, IReadOnlySet<string> NamedNumbers);

    /// <summary>The agent for a call; null when there is none.</summary>
    public Agent? For(CallInfo call)
    {
        Snapshot now = _now;
        return now.Agents.GetValueOrDefault(now.Routes.Find(call) ?? now.Default);
    }

    /// <summary>The agent of this name; null when it was not loaded.</summary>
    public Agent? Find(string name) => _now.Agents.GetValueOrDefault(name);

    public Agent Default
    {
        get
        {
            Snapshot now = _now;
            return now.Agents[now.Default];
        }
    }

    public IReadOnlyCollection<Agent> All => _now.Agents.Values;

    /// <summary>The numbers that the agents' files connect callers with.</summary>
    public IReadOnlySet<string> NamedNumbers => _now.NamedNumbers;

    /// <summary>From now on calls are answered as the other says; those that run are not touched.</summary>
    public void TakeOver(AgentDirectory other) => _now = other._now;

    /// <summary>Reads every agent that the configuration names; "echo" needs no file.</summary>
    /// <returns>Null when one cannot be read; <paramref name="problems"/> then says all that is wrong with all of them.</returns>
    public static AgentDirectory? Load(LoadedConfig config, HttpClient client, TimeProvider time, out IReadOnlyList<ConfigProblem> problems)
    {
        AgentsOptions options = config.Options.Agents;
        var agents = new Dictionary<string, Agent>();
        var knowledge = new Dictionary<string, KnowledgeBase?>(StringComparer.Ordinal);
        var found = new List<ConfigProblem>();
        var cast = new AgentCast(client, time);
        var pending = new Queue<(string Name, ConfigProblem? Missing)>(options.Routes.Select(r => r.Agent).Prepend(options.Default).Concat(config.Options.Campaigns.Agents).Distinct().Select(name => (name, (ConfigProblem?)null)));
        while (pending.TryDequeue(out (string Name, ConfigProblem? Missing) next))
        {
            (string name, string path) = (next.Name, FileOf(config, next.Name));
            if (agents.ContainsKey(name))
                continue;
            if (!File.Exists(path) && name == EchoAgent.BuiltInName && next.Missing is null)
                agents[name] = new EchoAgent();
            else if (!File.Exists(path))
                found.Add(next.Missing ?? new ConfigProblem(path, 0, 0, "", NoSuchAgent(config, name)));
            else if (AgentDefinition.TryLoad(path, out AgentDefinition? definition, out IReadOnlyList<ConfigProblem> wrong))
            {
                KnowledgeBase? known = KnowledgeOf(definition, knowledge, found);
                ScriptedAgent agent = ScriptedAgent.From(name, definition, config.Options.Session, client, time);
                cast.Add(name, definition, agent.Session.Speaker.Voice, known);
                agents[name] = agent with { Knowledge = known, CreateDialogue = call => cast.Open(name, call, null), CreateWith = (call, model) => cast.Open(name, call, model) };
                // Agents that take calls over need no route of their own.
                foreach ((string target, string key) in AgentCast.TargetsOf(definition))
                    pending.Enqueue((target, new ConfigProblem(path, 0, 0, key, NoSuchAgent(config, target))));
            }
            else
                found.AddRange(wrong);
        }
        problems = found;
        return found.Count == 0 ? new AgentDirectory(agents.Values, options) : null;
    }

    /// <summary>Agents that share a folder share what is in it.</summary>
    private static KnowledgeBase? KnowledgeOf(AgentDefinition agent, Dictionary<string, KnowledgeBase?> loaded, List<ConfigProblem> problems)
    {
        if (agent.Knowledge is not { Folder: var folder })
            return null;
        if (!loaded.TryGetValue(folder, out KnowledgeBase? knowledge))
            loaded[folder] = knowledge = KnowledgeBase.Load(folder, problems);
        return knowledge;
    }

    private static string FileOf(LoadedConfig config, string name) =>
        Path.Combine(config.PathOf(config.Options.Agents.Folder), $"{name}.yaml");

    private static string NoSuchAgent(LoadedConfig config, string name)
    {
        string folder = config.PathOf(config.Options.Agents.Folder);
        if (!Directory.Exists(folder))
            return $"There is no folder '{folder}'. Set agents.folder to the one that holds the agents' files.";
        List<string> there = [.. Directory.GetFiles(folder, "*.yaml").Select(f => Path.GetFileNameWithoutExtension(f)).Append(EchoAgent.BuiltInName).Order(StringComparer.Ordinal)];
        return Spelling.Closest(name, there) is { } close
            ? $"There is no agent '{name}'. Did you mean '{close}'?"
            : $"There is no agent '{name}'. Agents here: {string.Join(", ", there)}.";
    }
}
