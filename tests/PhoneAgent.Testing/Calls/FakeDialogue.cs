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

    /// <summary>Replies whose next step has not come.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    private int _waiting;

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

    /// <summary>Hints of supervisors; null: it takes none.</summary>
    public List<string>? Hints { get; set; }

    public string? Whisper(string hint)
    {
        Hints?.Add(hint);
        return Hints is null ? "no hints" : null;
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
                await owner.Wait(delay(cancellationToken));
            IAsyncEnumerable<DialogueAction> actions = owner.Stream?.Invoke(turn, cancellationToken) ?? owner.Answer(turn).ToAsyncEnumerable();
            await using IAsyncEnumerator<DialogueAction> steps = actions.GetAsyncEnumerator(cancellationToken);
            while (await owner.Wait(steps.MoveNextAsync().AsTask()))
                yield return steps.Current;
        }

        public void Commit() => owner.Committed.Add(turn);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private async Task<T> Wait<T>(Task<T> step)
    {
        await Wait((Task)step);
        return await step;
    }

    private async Task Wait(Task step)
    {
        if (step.IsCompleted)
        {
            await step;
            return;
        }
        Interlocked.Increment(ref _waiting);
        try
        {
            await step;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private IEnumerable<DialogueAction> Answer(DialogueTurn turn) => respond(turn);
}
