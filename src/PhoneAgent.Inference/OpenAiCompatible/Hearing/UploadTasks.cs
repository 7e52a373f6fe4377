namespace PhoneAgent.Inference.OpenAiCompatible.Hearing;

/// <summary>The uploads of all utterances: cancelled and awaited with the recogniser. Thread-safe.</summary>
internal sealed class UploadTasks : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly HashSet<Task> running = [];
    private readonly CancellationTokenSource life = new();

    /// <summary>Cancelled with the recogniser.</summary>
    public CancellationToken Life { get; }

    public UploadTasks() => Life = life.Token;

    /// <param name="work">Must not throw.</param>
    public void Run(Func<Task> work)
    {
        lock (gate)
        {
            var task = Task.Run(work, CancellationToken.None);
            running.Add(task);
            _ = task.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await life.CancelAsync().ConfigureAwait(false);
        Task[] left;
        lock (gate)
            left = [.. running];
        await Task.WhenAll(left).ConfigureAwait(false);
        life.Dispose();
    }

    private void Forget(Task task)
    {
        lock (gate)
            running.Remove(task);
    }
}
