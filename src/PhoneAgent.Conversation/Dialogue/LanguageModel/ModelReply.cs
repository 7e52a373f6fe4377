using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel;

/// <summary>
/// One reply: written by a <see cref="ModelTurn"/> beside the reader, because a filler has to come while a tool runs and
/// reports come from other threads.
/// </summary>
internal sealed class ModelReply(LanguageModelDialogue owner, ModelParts parts, TurnSnapshot snapshot, DialogueTurn turn) : IDialogueReply
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _stands = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ReplyProgress _progress = new(snapshot.State);
    private int _read;

    /// <summary>What the reply has changed so far. Safe from any thread.</summary>
    public ReplyState State => _progress.State;

    /// <summary>Hints that it was made with.</summary>
    public int Hints => snapshot.Hints.Count;

    public async IAsyncEnumerable<DialogueAction> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _read, 1) != 0)
            throw new InvalidOperationException("A reply is read once.");
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        // Its size is bounded by the reply's own limits: sentences, rounds of tools, calls in a round.
        var actions = Channel.CreateUnbounded<DialogueAction>(new UnboundedChannelOptions { SingleReader = true });
        Task writing = WriteAsync(actions.Writer, either.Token);
        try
        {
            await foreach (DialogueAction action in actions.Reader.ReadAllAsync(either.Token).ConfigureAwait(false))
                yield return action;
        }
        finally
        {
            await either.CancelAsync().ConfigureAwait(false);
            await writing.ConfigureAwait(false);
        }
    }

    public void Commit()
    {
        if (_stands.TrySetResult())
            owner.Stand(this);
    }

    public ValueTask DisposeAsync()
    {
        _stop.Cancel();
        return ValueTask.CompletedTask;
    }

    private async Task WriteAsync(ChannelWriter<DialogueAction> writer, CancellationToken cancellationToken)
    {
        var run = new ModelTurn(parts, snapshot, _progress, _stands.Task, action => writer.TryWrite(action), owner.Leave, ((ITeamDialogue)owner).RefusesHandOver);
        try
        {
            await run.RunAsync(turn, cancellationToken).ConfigureAwait(false);
            writer.TryComplete();
        }
        catch (Exception e)
        {
            // For the reader to throw.
            writer.TryComplete(e);
        }
    }
}

/// <summary>Where a reply has got to; written by one thread, read by others.</summary>
internal sealed class ReplyProgress(ReplyState state)
{
    private ReplyState _state = state;

    public ReplyState State
    {
        get => Volatile.Read(ref _state);
        set => Volatile.Write(ref _state, value);
    }

    public Exchange Exchange
    {
        get => State.Exchange;
        set => State = State with { Exchange = value };
    }
}
