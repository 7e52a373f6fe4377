using Microsoft.Extensions.AI;

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
        Declarations = [.. _tools.Values.Select(tool => AIFunctionFactory.CreateDeclaration(tool.Name, tool.Description, tool.Schema))];
    }

    /// <summary>For the model; without anything that could be invoked.</summary>
    public IReadOnlyList<AITool> Declarations { get; }

    public IReadOnlyCollection<ITool> Tools => _tools.Values;

    public ITool? Find(string name) => _tools.GetValueOrDefault(name);
}
