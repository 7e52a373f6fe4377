using System.Text.Json;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel.Tools.BuiltIn;

/// <summary>A tool that is a step of the dialogue: it takes effect with the reply, and takes no time.</summary>
/// <param name="act">Makes the steps; its text is for the model.</param>
internal sealed class ActionTool(string name, string description, JsonElement schema, Func<JsonElement, ToolContext, ToolResult> act) : ITool
{
    public string Name => name;

    public string Description => description;

    public JsonElement Schema => schema;

    public bool HasSideEffect => true;

    public bool IsIdempotent => false;

    public TimeSpan Timeout { get; } = TimeSpan.FromSeconds(5);

    public Task<ToolResult> CallAsync(JsonElement arguments, ToolContext context, CancellationToken cancellationToken) => Task.FromResult(act(arguments, context));
}
