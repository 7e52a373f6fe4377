namespace PhoneAgent.Campaigns.Dialing;

/// <summary>Wakes one loop that waits. Thread-safe.</summary>
internal sealed class AsyncSignal
{
    private TaskCompletionSource _set = New();

    public void Set() => Volatile.Read(ref _set).TrySetResult();

    /// <summary>Returns when it was set since the last wait, or when the time is up.</summary>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider time)
    {
        await Volatile.Read(ref _set).Task.WaitAsync(atMost, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // Set again in between, it is about what the loop is about to look at anyway.
        if (Volatile.Read(ref _set).Task.IsCompleted)
            Volatile.Write(ref _set, New());
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
