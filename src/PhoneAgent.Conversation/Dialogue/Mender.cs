namespace PhoneAgent.Conversation.Dialogue;

/// <summary>
/// What the caller gets in place of replies that failed. A dialogue that fails has nothing left to answer with: a human
/// at once, where there is one. A sentence that the voice could not say may go better the next time: an apology first,
/// then the human. A human is tried once in a call; after that an apology, then a goodbye. Counts failures in a row, so
/// that nobody goes round in circles.
/// </summary>
internal sealed class Mender(CallSessionOptions options)
{
    private int _failuresInARow;
    private bool _triedHuman;

    /// <summary>A reply was heard.</summary>
    public void Succeeded() => _failuresInARow = 0;

    /// <summary>The reply in place of one that failed, and what this means for the call.</summary>
    /// <param name="isDialogue">The dialogue failed, and not the voice.</param>
    public (SpokenError Reply, string Consequence) Next(string error, bool isDialogue)
    {
        SpokenErrors words = options.SpokenErrors;
        _failuresInARow++;
        if (options.HumanTarget is { } human && !_triedHuman && (isDialogue || _failuresInARow > 1))
        {
            _triedHuman = true;
            return (new SpokenError(words.HandingOver, words.HandingOverPrompt, new DialogueAction.Transfer(human, error)), "gave up");
        }
        return _failuresInARow == 1
            ? (new SpokenError(words.Failed, words.FailedPrompt, null), "asked the caller to repeat")
            : (new SpokenError(words.GivingUp, words.GivingUpPrompt, new DialogueAction.HangUp("failed")), "gave up");
    }
}

/// <summary>The session's own words, as a reply.</summary>
internal sealed class SpokenError(string text, string? prompt, DialogueAction? conclusion) : IDialogueReply
{
    public IAsyncEnumerable<DialogueAction> ReadAsync(CancellationToken cancellationToken) => Steps().ToAsyncEnumerable();

    public void Commit()
    {
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private IEnumerable<DialogueAction> Steps()
    {
        yield return prompt is null ? new DialogueAction.Say(text) : new DialogueAction.Play(prompt, text);
        if (conclusion is not null)
            yield return conclusion;
    }
}
