using Microsoft.Extensions.AI;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools.BuiltIn;
using PhoneAgent.Conversation.Dialogue.Lookups;
using PhoneAgent.Conversation.Dialogue.Scripted;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;

/// <summary>The tools of one agent: nothing else can be called, whatever a caller or a text says. Immutable, serves all calls.</summary>
public sealed class ToolBox
{
    public static readonly ToolBox Empty = new([]);

    private readonly Dictionary<string, ITool> _tools;

    /// <exception cref="ArgumentException">Two tools have the same name.</exception>
    public ToolBox(IEnumerable<ITool> tools)
    {
        _tools = tools.ToDictionary(tool => tool.Name, StringComparer.Ordinal);
        Characters = _tools.Values.Sum(tool => tool.Name.Length + tool.Description.Length + tool.Schema.GetRawText().Length);
        Declarations = [.. _tools.Values.Select(tool => AIFunctionFactory.CreateDeclaration(tool.Name, tool.Description, tool.Schema))];
    }

    /// <summary>The tools that an agent file names.</summary>
    /// <param name="lookups">What answers each lookup of the file, by name.</param>
    /// <param name="knowledge">What <see cref="ToolDefinition.Search"/> searches; null leaves that tool out.</param>
    /// <param name="fromServer">The tools of a server, by the server's name; none where it cannot be had.</param>
    public static ToolBox For(AgentDefinition agent, IReadOnlyDictionary<string, ILookup> lookups, IKnowledge? knowledge, Func<string, IReadOnlyList<ITool>> fromServer)
    {
        ArgumentNullException.ThrowIfNull(agent);
        var tools = new List<ITool>();
        foreach (ToolDefinition definition in agent.Tools)
        {
            switch (definition)
            {
                case ToolDefinition.Lookup lookup:
                    tools.Add(new LookupTool(lookup, lookups[lookup.Source.Name]));
                    break;
                case ToolDefinition.Search search when knowledge is not null:
                    tools.Add(new SearchTool(search, knowledge, agent.Knowledge!.Passages));
                    break;
                case ToolDefinition.Server server:
                    tools.AddRange(fromServer(server.Of).Where(tool => server.Only.Count == 0 || server.Only.Contains(tool.Name)));
                    break;
                default:
                    if (BuiltInTools.Make(definition) is { } builtIn)
                        tools.Add(builtIn);
                    break;
            }
        }
        // The file's own tools come before a server's of the same name.
        return new ToolBox(tools.OrderBy(tool => agent.Tools.Any(own => own.Name == tool.Name) ? 0 : 1).DistinctBy(tool => tool.Name, StringComparer.Ordinal));
    }

    /// <summary>For the model; without anything that could be invoked.</summary>
    public IReadOnlyList<AITool> Declarations { get; }

    /// <summary>What the declarations add to every request.</summary>
    internal int Characters { get; }

    public IReadOnlyCollection<ITool> Tools => _tools.Values;

    public ITool? Find(string name) => _tools.GetValueOrDefault(name);
}
