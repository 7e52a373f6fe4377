using System.Runtime.CompilerServices;
using PhoneAgent.Conversation.Dialogue;

namespace PhoneAgent.Server.Commands;

/// <summary>Says or plays something when the call is answered, then hangs up. What the other side says meanwhile changes nothing.</summary>
internal sealed class AnnouncementDialogue(IReadOnlyList<DialogueAction> announcement) : IDialogue
{
    public IDialogueReply Respond(DialogueTurn turn) => new Reply(turn is DialogueTurn.CallStarted ? announcement : []);

    public void Heard(string text, bool interrupted)
    {
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Reply(IReadOnlyList<DialogueAction> announcement) : IDialogueReply
    {
        public async IAsyncEnumerable<DialogueAction> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask.ConfigureAwait(false);
            foreach (DialogueAction action in announcement)
                yield return action;
            yield return new DialogueAction.HangUp("announced");
        }

        public void Commit()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
