using Microsoft.Extensions.AI;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;
using PhoneAgent.Conversation.Escalation.ModelReading;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel;

/// <summary>What agents think with; shared by all calls, thread-safe.</summary>
/// <param name="Client">The model, or a chain of them. Owned by who made this.</param>
/// <param name="ToolsOf">The tools of a configured server, by its name; none where it cannot be had.</param>
/// <param name="ScriptStandsIn">An agent's script answers when the model fails.</param>
public sealed record ModelServices(IChatClient Client, Func<string, IReadOnlyList<ITool>> ToolsOf, bool ScriptStandsIn = true)
{
    /// <summary>Reads callers' moods out of their words; null: nobody does.</summary>
    public MoodReader? Moods { get; init; }
}
