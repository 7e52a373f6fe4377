using System.Runtime.CompilerServices;
using System.Threading.Channels;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Inference;

/// <summary>
/// Lets a voice speak beside its receivers: so many texts at once, each stopped when its receiver stops reading, all of them
/// stopped and awaited on dispose. Thread-safe.
/// </summary>
/// <param name="places">Texts at the same time; further ones wait.</param>
/// <param name="maxChunks">What a receiver may be behind.</param>
internal sealed class SpeechSlots(int places, int maxChunks) : IAsyncDisposable
{
    private readonly SemaphoreSlim free = new(places, places);
    private readonly CancellationTokenSource lifetime = new();
    private bool disposed;

    /// <param name="speak">
    /// Writes the chunks, on a thread of its own. An <see cref="EngineException"/> reaches the receiver behind them; what else it
    /// throws is a bug.
    /// </param>
    public async IAsyncEnumerable<SynthesizedAudio> SpeakAsync(
        Func<ChannelWriter<SynthesizedAudio>, CancellationToken, Task> speak, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.Token);
        var channel = Channel.CreateBounded<SynthesizedAudio>(new BoundedChannelOptions(maxChunks) { SingleReader = true, SingleWriter = true });
        await free.WaitAsync(stop.Token).ConfigureAwait(false);
        var work = Task.Run(() => RunAsync(speak, channel.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var chunk in channel.Reader.ReadAllAsync(stop.Token).ConfigureAwait(false))
            {
                stop.Token.ThrowIfCancellationRequested(); // what is already in the channel comes without a look at the token
                yield return chunk;
            }
            stop.Token.ThrowIfCancellationRequested(); // it ended because it was stopped: what came is not all
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await work.ConfigureAwait(false);
            free.Release();
        }
    }

    /// <summary>Stops what is being spoken and waits for it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed)
            return;
        disposed = true;
        await lifetime.CancelAsync().ConfigureAwait(false);
        for (var i = 0; i < places; i++)
            await free.WaitAsync().ConfigureAwait(false);
        lifetime.Dispose();
        free.Dispose();
    }

    private static async Task RunAsync(
        Func<ChannelWriter<SynthesizedAudio>, CancellationToken, Task> speak, ChannelWriter<SynthesizedAudio> output, CancellationToken stop)
    {
        Exception? failure = null;
        try
        {
            await speak(output, stop).ConfigureAwait(false);
        }
        catch (EngineException e)
        {
            failure = e;
        }
        catch (OperationCanceledException)
        {
            // The receiver knows.
        }
        finally
        {
            output.Complete(failure);
        }
    }
}
