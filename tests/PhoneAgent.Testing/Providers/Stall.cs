namespace PhoneAgent.Testing.Providers;

/// <summary>Something that a provider does not answer, until it is released or given up. Thread-safe.</summary>
/// <param name="time">The clock of those who wait for it, for <see cref="IsLimited"/>.</param>
public sealed class Stall(VirtualTime? time = null)
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _held;
    private int _timersBefore;

    /// <summary>Somebody waits here: in virtual time, the clock may go on.</summary>
    public bool IsHeld => Volatile.Read(ref _held) > 0;

    /// <summary>Somebody waits here, and a timer has been made since: who waits has set a limit, and the clock may go on.</summary>
    public bool IsLimited => IsHeld && time!.TimersMade > Volatile.Read(ref _timersBefore);

    public void Release() => _released.TrySetResult();

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref _timersBefore, time?.TimersMade ?? 0);
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
