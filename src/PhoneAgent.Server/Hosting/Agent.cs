using PhoneAgent.Conversation.Dialogue;

namespace PhoneAgent.Server.Hosting;

/// <summary>Somebody who can take a call.</summary>
/// <param name="Session">The numbers of turn-taking, with this agent's language and voice.</param>
/// <param name="CreateDialogue">Makes the dialogue of one call.</param>
internal sealed record Agent(string Name, CallSessionOptions Session, Func<IDialogue> CreateDialogue);
