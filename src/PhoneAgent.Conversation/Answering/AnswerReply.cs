using PhoneAgent.Conversation.Dialogue;

namespace PhoneAgent.Conversation.Answering;

/// <summary>What is said to a machine, which does not listen, and the end of the call.</summary>
/// <param name="kind">Who answered; the call's disposition says so.</param>
/// <param name="message">For the tape; null for nothing.</param>
internal sealed class AnswerReply(AnswerKind kind, string? message) : IDialogueReply
{
    public IAsyncEnumerable<DialogueAction> ReadAsync(CancellationToken cancellationToken) => Steps().ToAsyncEnumerable();

    public void Commit()
    {
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private IEnumerable<DialogueAction> Steps()
    {
        if (message is not null)
            yield return new DialogueAction.Say(message, Interruptible: false);
        yield return new DialogueAction.HangUp(message is not null ? "message-left" : kind switch
        {
            AnswerKind.Fax => "fax",
            AnswerKind.NotInService => "not-in-service",
            AnswerKind.Busy => "busy",
            AnswerKind.Congested => "congested",
            AnswerKind.Silent => "silence",
            _ => "machine",
        });
    }
}
