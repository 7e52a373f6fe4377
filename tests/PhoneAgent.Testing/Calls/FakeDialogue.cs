using System.Runtime.CompilerServices;
using PhoneAgent.Conversation.Dialogue;

namespace PhoneAgent.Testing.Calls;

/// <summary>A dialogue that answers by a function, and keeps what happened to it.</summary>
public sealed class FakeDialogue(Func<DialogueTurn, IEnumerable<DialogueAction>> respond) : IDialogue
{
    /// <summary>Turns whose replies were committed.</summary>
    public List<DialogueTurn> Committed { get; } = [];

    /// <summary>All turns, guesses too.</summary>
    public List<DialogueTurn> Asked { get; } = [];

    public List<(string Text, bool Interrupted)> HeardTexts { get; } = [];

    public bool IsDisposed { get; private set; }

    /// <summary>Awaited before every reply's first step: a slow dialogue.</summary>
    public Func<CancellationToken, Task>? Delay { get; set; }

    /// <summary>Answers in place of the function, step by step.</summary>
    public Func<DialogueTurn, CancellationToken, IAsyncEnumerable<DialogueAction>>? Stream { get; set; }

    /// <summary>Runs on the session loop whenever the dialogue is told what was heard.</summary>
    public Action? OnHeard { get; set; }

    public IDialogueReply Respond(DialogueTurn turn)
    {
        Asked.Add(turn);
        return new Reply(this, turn);
    }

    public void Heard(string text, bool interrupted)
    {
        HeardTexts.Add((text, interrupted));
        OnHeard?.Invoke();
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }

    private sealed class Reply(FakeDialogue owner, DialogueTurn turn) : IDialogueReply
    {
        public async IAsyncEnumerable<DialogueAction> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            if (owner.Delay is { } delay)
                await delay(cancellationToken);
            IAsyncEnumerable<DialogueAction> actions = owner.Stream?.Invoke(turn, cancellationToken) ?? owner.Answer(turn).ToAsyncEnumerable();
            await foreach (DialogueAction action in actions)
                yield return action;
        }

        public void Commit() => owner.Committed.Add(turn);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private IEnumerable<DialogueAction> Answer(DialogueTurn turn) => respond(turn);
}
