using System.Collections.Concurrent;

namespace PhoneAgent.Conversation.Providers;

/// <summary>Work of providers that were given up: nobody waits for it, but it has an owner until it ends.</summary>
internal sealed class Leftovers(TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<Task, bool> _tasks = [];

    public int Count => _tasks.Count;

    /// <param name="work">Must not fault: nobody looks.</param>
    public void Add(Task work)
    {
        if (work.IsCompleted)
            return;
        _tasks[work] = true;
        _ = work.ContinueWith(static (done, tasks) => ((ConcurrentDictionary<Task, bool>)tasks!).TryRemove(done, out _), _tasks,
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Waits for what is left, but not long: an engine that hangs must not keep the program.</summary>
    public async Task DrainAsync() =>
        await Task.WhenAll(_tasks.Keys).WaitAsync(Patience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
