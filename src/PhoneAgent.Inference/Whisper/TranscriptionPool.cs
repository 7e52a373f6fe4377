namespace PhoneAgent.Inference.Whisper;

/// <summary>
/// Shares the model's few places among all calls. Finals go before probes, probes before interims; within a kind it is first
/// come, first served, and as an utterance has one job at a time no call can crowd out another. When too many wait, interims
/// are dropped first, then probes; a final is refused only when nothing but finals wait. Thread-safe.
/// </summary>
internal sealed class TranscriptionPool : IAsyncDisposable
{
    private readonly Lock guard = new();
    private readonly LinkedList<TranscriptionJob>[] waiting = [new(), new(), new()];
    private readonly SemaphoreSlim available = new(0);
    private readonly CancellationTokenSource lifetime = new();
    private readonly int maxWaiting;
    private readonly Task[] workers;
    private readonly HashSet<TranscriptionJob> running = [];
    private readonly long[] dropped = new long[3];
    private TaskCompletionSource? idle;

    public TranscriptionPool(int parallel, int maxWaiting)
    {
        this.maxWaiting = maxWaiting;
        workers = [.. Enumerable.Range(0, parallel).Select(_ => Task.Run(WorkAsync))];
    }

    /// <summary>Jobs that found no place, or lost it to one that matters more.</summary>
    public long Dropped(TranscriptionKind kind) => Interlocked.Read(ref dropped[(int)kind]);

    /// <summary>False when it is dropped at once. One that loses its place later is cancelled.</summary>
    public bool TrySubmit(TranscriptionJob job)
    {
        TranscriptionJob? evicted = null;
        lock (guard)
        {
            if (lifetime.IsCancellationRequested)
                return false;
            if (waiting.Sum(queue => queue.Count) >= maxWaiting && !TryEvictFor(job.Kind, out evicted))
            {
                Interlocked.Increment(ref dropped[(int)job.Kind]);
                return false;
            }
            waiting[(int)job.Kind].AddLast(job);
            if (evicted is null)
                available.Release();
        }
        evicted?.Cancel();
        return true;
    }

    /// <summary>Completes when nothing waits and nothing runs.</summary>
    public Task IdleAsync()
    {
        lock (guard)
        {
            if (IsIdle)
                return Task.CompletedTask;
            idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return idle.Task;
        }
    }

    /// <summary>Takes back a job that still waits, or stops it where it runs.</summary>
    public void Cancel(TranscriptionJob job)
    {
        lock (guard)
            waiting[(int)job.Kind].Remove(job); // the worker that was woken for it finds the queues one shorter and waits again
        job.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        await lifetime.CancelAsync().ConfigureAwait(false);
        List<TranscriptionJob> jobs;
        lock (guard)
            jobs = [.. waiting.SelectMany(queue => queue), .. running];
        jobs.ForEach(job => job.Cancel()); // outside the lock: it may run what waits for the cancellation
        await Task.WhenAll(workers).ConfigureAwait(false);
        available.Dispose();
        lifetime.Dispose();
    }

    private bool TryEvictFor(TranscriptionKind kind, out TranscriptionJob? evicted)
    {
        for (var lesser = TranscriptionKind.Interim; lesser > kind; lesser--)
        {
            if (waiting[(int)lesser].Last is not { } last)
                continue;
            waiting[(int)lesser].RemoveLast();
            Interlocked.Increment(ref dropped[(int)lesser]);
            evicted = last.Value;
            return true;
        }
        evicted = null;
        return false;
    }

    private async Task WorkAsync()
    {
        try
        {
            while (true)
            {
                await available.WaitAsync(lifetime.Token).ConfigureAwait(false);
                if (Take() is not { } job)
                    continue;
                await job.RunAsync().ConfigureAwait(false);
                Done(job);
            }
        }
        catch (OperationCanceledException) when (lifetime.IsCancellationRequested)
        {
            // the pool is disposed
        }
    }

    private bool IsIdle => running.Count == 0 && waiting.All(queue => queue.Count == 0);

    private void Done(TranscriptionJob job)
    {
        lock (guard)
        {
            running.Remove(job);
            if (!IsIdle)
                return;
            idle?.TrySetResult();
            idle = null;
        }
    }

    private TranscriptionJob? Take()
    {
        lock (guard)
        {
            foreach (var queue in waiting)
            {
                if (queue.First is not { } first)
                    continue;
                queue.RemoveFirst();
                running.Add(first.Value);
                return first.Value;
            }
        }
        return null;
    }
}
