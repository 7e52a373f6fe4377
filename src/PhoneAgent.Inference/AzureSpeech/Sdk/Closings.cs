using System.Collections.Concurrent;

namespace PhoneAgent.Inference.AzureSpeech.Sdk;

/// <summary>
/// Things of the SDK that are being closed. Closing waits for the service, which must not hold up who cancels; who disposes the
/// whole waits for them here. Thread-safe.
/// </summary>
internal sealed class Closings : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Task, bool> open = [];

    /// <param name="close">Must not throw.</param>
    public void Add(Func<Task> close)
    {
        var closing = Task.Run(close);
        open[closing] = true;
        _ = closing.ContinueWith(done => open.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(open.Keys).ConfigureAwait(false);
}
