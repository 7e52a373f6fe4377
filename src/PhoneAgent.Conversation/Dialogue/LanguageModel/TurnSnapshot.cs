using System.Collections.Immutable;
using Microsoft.Extensions.AI;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Guarding;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Prompting;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;
using PhoneAgent.Conversation.Dialogue.Scripted;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel;

/// <summary>What an agent with a model is made of; shared by all its calls.</summary>
internal sealed record ModelParts(AgentDefinition Agent, IChatClient Client, ToolBox Tools, IKnowledge? Knowledge, TimeProvider Time)
{
    public ModelDefinition Model { get; } = Agent.Model!;

    public ReplyGuard Guard { get; } = new(Agent);
}

/// <summary>What a reply knows when it begins. Immutable.</summary>
/// <param name="Pending">Reports that came between two replies.</param>
internal sealed record TurnSnapshot(CallInfo Call, DateTimeOffset StartedAt, History History, ReplyState State, Handed? Handed, TokenEstimate Estimate, IReadOnlyList<TimelineEvent> Pending)
{
    /// <summary>What a supervisor wants the model to mind, oldest first.</summary>
    public ImmutableList<string> Hints { get; init; } = [];
}

/// <summary>What a reply changes. Immutable; the dialogue takes it over from a reply that stands, as far as it has got.</summary>
/// <param name="Language">BCP 47 tag that is spoken.</param>
/// <param name="Said">How often each wording was said, for turning through its variants.</param>
internal sealed record ReplyState(Exchange Exchange, string Language, ImmutableDictionary<string, int> Said)
{
    public static ReplyState Begin(string language) => new(new Exchange(""), language, ImmutableDictionary.Create<string, int>(StringComparer.Ordinal));
}
