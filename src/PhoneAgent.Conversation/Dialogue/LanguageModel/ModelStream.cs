using Microsoft.Extensions.AI;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel;

/// <summary>Reads a streamed answer within its times: until the first token, and between tokens.</summary>
/// <param name="leave">Takes what still runs of an answer that was given up; its owner awaits it at the end of the call.</param>
internal sealed class ModelStream(IChatClient client, ModelDefinition model, TimeProvider time, Action<Task> leave)
{
    /// <param name="onContent">Takes a piece of the answer; false when enough was read.</param>
    /// <exception cref="EngineException">The model was too slow. What the client throws goes through.</exception>
    public async Task ReadAsync(IEnumerable<ChatMessage> messages, ChatOptions options, Func<AIContent, bool> onContent, CancellationToken cancellationToken)
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        IAsyncEnumerator<ChatResponseUpdate> updates = client.GetStreamingResponseAsync(messages, options, stop.Token).GetAsyncEnumerator(stop.Token);
        Task<bool> pending = Task.FromResult(true);
        try
        {
            long since = time.GetTimestamp();
            bool hasBegun = false;
            while (true)
            {
                pending = updates.MoveNextAsync().AsTask();
                TimeSpan limit = hasBegun ? model.StallsAfter : model.FirstTokenWithin;
                TimeSpan left = limit - time.GetElapsedTime(since);
                if (!await Within(pending, left > TimeSpan.Zero ? left : TimeSpan.Zero, limit, hasBegun, cancellationToken).ConfigureAwait(false))
                    return;
                foreach (AIContent content in updates.Current.Contents)
                {
                    if (content is TextContent { Text.Length: > 0 } or FunctionCallContent)
                        (hasBegun, since) = (true, time.GetTimestamp());
                    if (!onContent(content))
                        return;
                }
            }
        }
        finally
        {
            // A client may be slow to let go, even hang; the reply does not wait for that.
            leave(ReleaseAsync(updates, pending, stop));
        }
    }

    private async Task<bool> Within(Task<bool> pending, TimeSpan left, TimeSpan limit, bool hasBegun, CancellationToken cancellationToken)
    {
        try
        {
            return await pending.WaitAsync(left, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!pending.IsCompleted)
        {
            throw new EngineException(hasBegun
                ? $"the model stopped in mid-answer for {limit.TotalSeconds:0.#} s"
                : $"the model wrote nothing within {limit.TotalSeconds:0.#} s");
        }
    }

    private static async Task ReleaseAsync(IAsyncEnumerator<ChatResponseUpdate> updates, Task<bool> pending, CancellationTokenSource stop)
    {
        try
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await pending.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It has been told to the one who read, or nobody waits for it any more.
        }
        try
        {
            await updates.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The answer is over either way.
        }
        stop.Dispose();
    }
}
