using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Hosting;

/// <summary>Which agent answers which number. Immutable.</summary>
internal sealed class AgentDirectory
{
    private readonly Dictionary<string, Agent> _agents;
    private readonly AgentsOptions _options;

    /// <param name="agents">All that <paramref name="options"/> names.</param>
    /// <param name="options">Which numbers they answer.</param>
    public AgentDirectory(IEnumerable<Agent> agents, AgentsOptions options) => (_agents, _options) = (agents.ToDictionary(a => a.Name), options);

    /// <summary>The agent for a called user part or number; null when there is none.</summary>
    public Agent? For(string called) =>
        _agents.GetValueOrDefault(_options.Routes.TryGetValue(called, out string? routed) ? routed : _options.Default);

    public Agent Default => _agents[_options.Default];

    public IReadOnlyCollection<Agent> All => _agents.Values;

    /// <summary>Reads every agent that the configuration names; "echo" needs no file.</summary>
    /// <returns>Null when one cannot be read; <paramref name="problems"/> then says all that is wrong with all of them.</returns>
    public static AgentDirectory? Load(LoadedConfig config, HttpClient client, TimeProvider time, out IReadOnlyList<ConfigProblem> problems)
    {
        AgentsOptions options = config.Options.Agents;
        var agents = new Dictionary<string, Agent>();
        var found = new List<ConfigProblem>();
        foreach (string name in options.Routes.Values.Prepend(options.Default).Distinct())
        {
            string path = FileOf(config, name);
            if (!File.Exists(path) && name == EchoAgent.BuiltInName)
                agents[name] = new EchoAgent();
            else if (!File.Exists(path))
                found.Add(new ConfigProblem(path, 0, 0, "", NoSuchAgent(config, name)));
            else if (AgentDefinition.TryLoad(path, out AgentDefinition? definition, out IReadOnlyList<ConfigProblem> wrong))
                agents[name] = ScriptedAgent.From(name, definition, config.Options.Session, client, time);
            else
                found.AddRange(wrong);
        }
        problems = found;
        return found.Count == 0 ? new AgentDirectory(agents.Values, options) : null;
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
