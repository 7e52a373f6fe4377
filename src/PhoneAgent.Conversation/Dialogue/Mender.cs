namespace PhoneAgent.Conversation.Dialogue;

/// <summary>
/// What the caller gets in place of replies that failed: an apology, then a human, then a goodbye. Counts failures in a
/// row, whether the dialogue or the voice failed, so that nobody goes round in circles.
/// </summary>
internal sealed class Mender(CallSessionOptions options)
{
    private int _failuresInARow;

    /// <summary>A reply was heard.</summary>
    public void Succeeded() => _failuresInARow = 0;

    /// <summary>The reply in place of one that failed, and what this means for the call.</summary>
    public (SpokenError Reply, string Consequence) Next(string error)
    {
        SpokenErrors words = options.SpokenErrors;
        return (++_failuresInARow, options.HumanTarget) switch
        {
            (1, _) => (new SpokenError(words.Failed, words.FailedPrompt, null), "asked the caller to repeat"),
            (2, { } human) => (new SpokenError(words.HandingOver, words.HandingOverPrompt, new DialogueAction.Transfer(human, error)), "gave up"),
            _ => (new SpokenError(words.GivingUp, words.GivingUpPrompt, new DialogueAction.HangUp("failed")), "gave up"),
        };
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
