namespace PhoneAgent.Conversation.Dialogue.LanguageModel;

/// <summary>Words for the time that a tool takes.</summary>
internal sealed partial class ModelTurn
{
    private const int MaxFillers = 4;

    /// <summary>What was said before the tool was asked for ("I'll look that up") is still being heard; a filler then waits for its end.</summary>
    private static readonly TimeSpan AfterWords = TimeSpan.FromSeconds(2.5);

    private static readonly TimeSpan BetweenFillers = TimeSpan.FromSeconds(6);

    private int _fillers;

    /// <summary>Ends with the tool, however that ends.</summary>
    /// <param name="waitsForCommit">The tool does not run before the turn stands; until then there is nothing to bridge.</param>
    private async Task BridgeAsync(Task tool, bool waitsForCommit, CancellationToken cancellationToken)
    {
        if (waitsForCommit)
            await Task.WhenAny(tool, stands).ConfigureAwait(false);
        TimeSpan wait = _fillers > 0 ? BetweenFillers : parts.Model.FillerAfter + (_hasSpoken ? AfterWords : TimeSpan.Zero);
        while (!tool.IsCompleted)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(tool, Task.Delay(wait, parts.Time, either.Token)).ConfigureAwait(false);
            await either.CancelAsync().ConfigureAwait(false);
            if (tool.IsCompleted || cancellationToken.IsCancellationRequested)
                return;
            if (_fillers++ == MaxFillers)
                break;
            SayAside(Wording("one_moment"));
            wait = BetweenFillers;
        }
        await Task.WhenAny(tool).ConfigureAwait(false);
    }

    /// <summary>Said while the model is not done: it does not count as the model's words.</summary>
    private void SayAside(string text)
    {
        if (text.Length == 0)
            return;
        progress.Exchange = progress.Exchange with { Fillers = progress.Exchange.Fillers.Add(text) };
        emit(new DialogueAction.Say(text));
    }
}
