namespace PhoneAgent.Testing.Providers;

/// <summary>Something that a provider does not answer, until it is released or given up. Thread-safe.</summary>
public sealed class Stall
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _held;

    /// <summary>Somebody waits here: in virtual time, the clock may go on.</summary>
    public bool IsHeld => Volatile.Read(ref _held) > 0;

    public void Release() => _released.TrySetResult();

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _held);
        int here = 1;
        // At once, on the thread that cancels: a clock that looks at IsHeld must not run on meanwhile.
        using CancellationTokenRegistration gaveUp = cancellationToken.UnsafeRegister(_ => Leave(), null);
        try
        {
            await _released.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            Leave();
        }

        void Leave() => Interlocked.Add(ref _held, -Interlocked.Exchange(ref here, 0));
    }
}
