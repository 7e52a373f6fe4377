using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Dialogue.Scripted;

namespace PhoneAgent.Server.Hosting;

/// <summary>Somebody who can take a call.</summary>
/// <param name="Session">The numbers of turn-taking, with this agent's language, voice and colleagues.</param>
/// <param name="CreateDialogue">Makes the dialogue of one call.</param>
internal sealed record Agent(string Name, AgentDefinition Definition, CallSessionOptions Session, Func<CallInfo, IDialogue> CreateDialogue)
{
    public static Agent From(string name, AgentDefinition definition, CallSessionOptions session, HttpClient client, TimeProvider time) =>
        new(name, definition, session with
        {
            Language = definition.Language,
            HumanTarget = definition.HumanTarget ?? session.HumanTarget,
            Speaker = session.Speaker with { Voice = definition.Voice ?? session.Speaker.Voice },
        }, new ScriptedDialogueFactory(definition, client, time).Create);
}
