using PhoneAgent.Conversation.Dialogue;

namespace PhoneAgent.Conversation.Supervision;

/// <summary>A supervisor's words in the agent's voice, and perhaps a transfer, as a reply of their own.</summary>
internal sealed class SupervisorReply(params IReadOnlyList<DialogueAction> steps) : IDialogueReply
{
    public IAsyncEnumerable<DialogueAction> ReadAsync(CancellationToken cancellationToken) => steps.ToAsyncEnumerable();

    public void Commit()
    {
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
