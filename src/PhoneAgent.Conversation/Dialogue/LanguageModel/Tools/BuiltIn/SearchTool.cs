using System.Text.Json;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Prompting;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel.Tools.BuiltIn;

/// <summary>Searches the agent's knowledge.</summary>
internal sealed class SearchTool(ToolDefinition.Search definition, IKnowledge knowledge, int max) : ITool
{
    public string Name => definition.Name;

    public string Description => definition.Description ?? "Searches what is known about this house: opening hours, products, prices, rules. Use it before you say that you do not know.";

    public JsonElement Schema { get; } = ToolSchema.Of(ToolSchema.Text("query", "What to look for, in a few words."));

    public bool HasSideEffect => false;

    public bool IsIdempotent => true;

    public TimeSpan Timeout { get; } = TimeSpan.FromSeconds(5);

    public Task<ToolResult> CallAsync(JsonElement arguments, ToolContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<Passage> passages = knowledge.Search(arguments.Argument("query"), max);
        return Task.FromResult(ToolResult.Ok(passages.Count == 0 ? "Nothing was found." : DataFrame.PlainPassages(passages)));
    }
}
