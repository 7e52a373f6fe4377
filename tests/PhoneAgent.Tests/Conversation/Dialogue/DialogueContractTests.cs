using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Dialogue.LanguageModel;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Testing.Contracts;
using PhoneAgent.Testing.Models;
using PhoneAgent.Tests.Conversation.Dialogue.LanguageModel;
using PhoneAgent.Tests.Conversation.Dialogue.Scripted;

namespace PhoneAgent.Tests.Conversation.Dialogue;

public sealed class ScriptedDialogueContract : DialogueContract
{
    protected override IDialogue Create() => new ScriptedDialogueFactory(TextCall.FrontDesk(), new HttpClient(), TextCall.Saturday()).Create(Call);
}

public sealed class LanguageModelDialogueContract : DialogueContract
{
    /// <summary>The answer shows what the model was told.</summary>
    public static FakeChatClient Model() => new() { Otherwise = request => $"You have said {request.Messages.Count(message => message.Role == Microsoft.Extensions.AI.ChatRole.User)} things." };

    protected override IDialogue Create() => new LanguageModelDialogueFactory(ModelCall.Agent(), Model(), ToolBox.Empty, null, TextCall.Saturday()).Create(Call);
}

/// <summary>Every model fails, always: the script has the call.</summary>
public sealed class FallbackDialogueContract : DialogueContract
{
    protected override IDialogue Create() => new AgentDialogues(
        TextCall.FrontDesk() with { Model = new ModelDefinition() }, new ModelServices(new FakeChatClient(), _ => []), new HttpClient(), null, TextCall.Saturday()).Create(Call);
}

public sealed class AgentTeamContract : DialogueContract
{
    protected override IDialogue Create() => new AgentTeam(new Dictionary<string, TeamMember>
    {
        ["one"] = new(ModelCall.Agent(), null, (call, handed) =>
            new LanguageModelDialogueFactory(ModelCall.Agent(), LanguageModelDialogueContract.Model(), ToolBox.Empty, null, TextCall.Saturday()).Create(call, handed)),
    }, "one", Call);
}
