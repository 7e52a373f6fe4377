using System.Runtime.CompilerServices;
using PhoneAgent.Conversation.Dialogue.Scripted;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel;

/// <summary>One reply of a <see cref="FallbackDialogue"/>: the model's, or from its failure on the script's.</summary>
internal sealed class FallbackReply : IDialogueReply
{
    private readonly FallbackDialogue _owner;
    private readonly DialogueTurn _turn;
    private readonly IDialogueReply? _model;
    private readonly Lock _gate = new();
    private readonly List<IDialogueReply> _replies = [];
    private ScriptedDialogue? _script;
    private long? _failedAt;
    private bool _committed;

    /// <summary>The model answers.</summary>
    public FallbackReply(FallbackDialogue owner, DialogueTurn turn, IDialogueReply model)
    {
        (_owner, _turn, _model) = (owner, turn, model);
        _replies.Add(model);
    }

    /// <summary>The script has the call.</summary>
    public FallbackReply(FallbackDialogue owner, DialogueTurn turn, ScriptedDialogue script)
    {
        (_owner, _turn, _script) = (owner, turn, script);
        _replies.Add(script.Respond(turn));
    }

    /// <summary>The script that answers, as far as is known now; null while the model does.</summary>
    public ScriptedDialogue? Script
    {
        get
        {
            lock (_gate)
                return _script;
        }
    }

    /// <summary>When the model failed; null when it did not.</summary>
    public long? FailedAt
    {
        get
        {
            lock (_gate)
                return _failedAt;
        }
    }

    public bool AskedModel => _model is not null;

    /// <summary>What the caller said.</summary>
    public string Words => _turn is DialogueTurn.CallerSaid said ? said.Result.Text : "";

    public async IAsyncEnumerable<DialogueAction> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? failure = null;
        await using (IAsyncEnumerator<DialogueAction> actions = _replies[0].ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken))
        {
            while (failure is null)
            {
                try
                {
                    if (!await actions.MoveNextAsync().ConfigureAwait(false))
                        yield break;
                }
                catch (Exception e) when (_model is not null && !cancellationToken.IsCancellationRequested)
                {
                    // Whatever a provider throws: the caller gets an answer.
                    failure = e.Message;
                    continue;
                }
                yield return actions.Current;
            }
        }
        yield return new DialogueAction.Report(new TimelineEvent.Failure("llm", failure, "the script answers") { At = TimeSpan.Zero });
        ScriptedDialogue script = TakeOver();
        // To know what the script's first question is, it has to be asked; its words are only said when they are needed.
        List<DialogueAction> beginning = await ReadAllAsync(Add(script.Respond(new DialogueTurn.CallStarted(script.Call)), commit: true), cancellationToken).ConfigureAwait(false);
        if (_turn is not DialogueTurn.CallerSaid said || !script.Understands(said.Result))
        {
            foreach (DialogueAction action in beginning)
                yield return action;
            yield break;
        }
        await foreach (DialogueAction action in Add(script.Respond(_turn), commit: false).ReadAsync(cancellationToken).ConfigureAwait(false))
            yield return action;
    }

    public void Commit()
    {
        IDialogueReply[] replies;
        lock (_gate)
        {
            if (_committed)
                return;
            _committed = true;
            replies = [.. _replies];
        }
        // The failed reply of the model, too: what the caller said in it is part of the call.
        foreach (IDialogueReply reply in replies)
            reply.Commit();
        _owner.Stand(this);
    }

    public async ValueTask DisposeAsync()
    {
        IDialogueReply[] replies;
        lock (_gate)
            replies = [.. _replies];
        foreach (IDialogueReply reply in replies)
            await reply.DisposeAsync().ConfigureAwait(false);
    }

    private ScriptedDialogue TakeOver()
    {
        ScriptedDialogue script = _owner.MakeScript();
        lock (_gate)
        {
            _script = script;
            _failedAt = _owner.Now();
        }
        return script;
    }

    /// <param name="commit">The script is new: what it does is nobody's state but this reply's.</param>
    private IDialogueReply Add(IDialogueReply reply, bool commit)
    {
        bool committed;
        lock (_gate)
        {
            _replies.Add(reply);
            committed = _committed;
        }
        if (committed || commit)
            reply.Commit();
        return reply;
    }

    private static async Task<List<DialogueAction>> ReadAllAsync(IDialogueReply reply, CancellationToken cancellationToken)
    {
        var actions = new List<DialogueAction>();
        await foreach (DialogueAction action in reply.ReadAsync(cancellationToken).ConfigureAwait(false))
            actions.Add(action);
        return actions;
    }
}
