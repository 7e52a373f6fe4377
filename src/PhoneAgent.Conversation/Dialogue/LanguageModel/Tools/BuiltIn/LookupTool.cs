using System.Text.Json;
using PhoneAgent.Conversation.Dialogue.Lookups;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel.Tools.BuiltIn;

/// <summary>Asks a lookup of the agent file. Has no effect on what it asks, so it may run on a guess and twice.</summary>
internal sealed class LookupTool(ToolDefinition.Lookup definition, ILookup lookup) : ITool
{
    public string Name => definition.Name;

    public string Description => definition.Description ?? $"Looks up {definition.Source.Name}: {string.Join(", ", definition.Source.FieldNames)}.";

    public JsonElement Schema { get; } = ToolSchema.Of(definition.Parameters);

    public bool HasSideEffect => false;

    public bool IsIdempotent => true;

    public TimeSpan Timeout => definition.Timeout;

    public async Task<ToolResult> CallAsync(JsonElement arguments, ToolContext context, CancellationToken cancellationToken)
    {
        string Value(string name) => name == "caller.number" ? context.Call.RemoteParty : arguments.Argument(name);
        LookupResult result = await lookup.FindAsync(definition.Key.Render(Value), Value, cancellationToken).ConfigureAwait(false);
        return result.Outcome switch
        {
            LookupOutcome.Found => ToolResult.Ok(JsonSerializer.Serialize(result.Values)),
            LookupOutcome.NotFound => ToolResult.Ok("Nothing was found."),
            _ => ToolResult.Failed($"The lookup did not work: {result.Error}", mayPass: true),
        };
    }
}
