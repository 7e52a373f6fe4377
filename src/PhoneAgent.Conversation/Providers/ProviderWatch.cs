namespace PhoneAgent.Conversation.Providers;

/// <summary>
/// Looks after the providers of all chains in the background: one that rests is tried until it works again, one behind a
/// network that nobody has asked for a while is asked, so that a stand-in that died is known before it is needed and its
/// connection stays warm. The loop's owner is whoever disposes this.
/// </summary>
/// <param name="checkIdleAfter">Zero: only those that rest are tried.</param>
/// <param name="trialLimit">A trial that takes longer has failed.</param>
public sealed class ProviderWatch(TimeSpan checkIdleAfter, TimeSpan trialLimit, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly List<Watched> _providers = [];
    private readonly TimeLimit _limit = new(time);
    private readonly Leftovers _leftovers = new(time);
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    private sealed record Watched(ProviderCircuit Circuit, Func<CancellationToken, Task> Trial, bool IsLocal);

    /// <summary>Before <see cref="Start"/>.</summary>
    /// <param name="trial">A small request; throws what the provider throws.</param>
    /// <param name="isLocal">In this process: there is no connection that could die unnoticed.</param>
    public void Add(ProviderCircuit circuit, Func<CancellationToken, Task> trial, bool isLocal) => _providers.Add(new Watched(circuit, trial, isLocal));

    /// <summary>How all providers are doing.</summary>
    public IReadOnlyList<ProviderStatus> Statuses => [.. _providers.Select(p => p.Circuit.Status)];

    /// <summary>Begins to look after them; once.</summary>
    public void Start() => _loop = Task.WhenAll(_providers.Select(LookAfterAsync));

    /// <summary>Somebody looks after them.</summary>
    internal bool IsStarted => _loop != Task.CompletedTask;

    /// <summary>Tries every provider once, at the same time; those that fail are left out. Returns what went wrong.</summary>
    public async Task<IReadOnlyList<EngineException>> WarmUpAsync(CancellationToken cancellationToken) =>
        [.. (await Task.WhenAll(_providers.Select(p => CheckAsync(p, cancellationToken))).ConfigureAwait(false)).OfType<EngineException>()];

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _leftovers.DrainAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    // Each by itself: one whose trial hangs must not keep the others from coming back.
    private async Task LookAfterAsync(Watched provider)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            await LookAtAsync(provider).ConfigureAwait(false);
    }

    private async Task LookAtAsync(Watched provider)
    {
        if (provider.Circuit.State == ProviderState.Resting)
            await provider.Circuit.TryRecoverAsync(token => TryAsync(provider, token), _stop.Token).ConfigureAwait(false);
        else if (provider.Circuit.IsHealthy && !provider.IsLocal && checkIdleAfter > TimeSpan.Zero && provider.Circuit.IdleTime >= checkIdleAfter)
            await CheckAsync(provider, _stop.Token).ConfigureAwait(false);
    }

    private async Task<EngineException?> CheckAsync(Watched provider, CancellationToken cancellationToken)
    {
        try
        {
            await TryAsync(provider, cancellationToken).ConfigureAwait(false);
            provider.Circuit.Succeeded();
            return null;
        }
        catch (EngineException e)
        {
            provider.Circuit.LeaveOut(e);
            return e;
        }
    }

    /// <summary>The trial with its limit; every failure is an <see cref="EngineException"/>.</summary>
    private async Task TryAsync(Watched provider, CancellationToken cancellationToken)
    {
        using var working = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<bool> trial = TrialAsync(provider, working.Token);
        _leftovers.Add(trial.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default));
        try
        {
            await _limit.WaitAsync(trial, trialLimit, working, cancellationToken).ConfigureAwait(false);
        }
        catch (Polly.Timeout.TimeoutRejectedException)
        {
            throw new ProviderException(provider.Circuit.Provider, ProviderFailureKind.Timeout, $"{provider.Circuit.Provider}: a trial took longer than {trialLimit.TotalSeconds:0.#} s");
        }
        catch (Exception e) when (e is not EngineException && !cancellationToken.IsCancellationRequested)
        {
            throw new EngineException($"{provider.Circuit.Provider}: {e.Message}", e);
        }
    }

    // On a thread of its own: an embedded engine computes before it returns.
    private static Task<bool> TrialAsync(Watched provider, CancellationToken cancellationToken) => Task.Run(async () =>
    {
        await provider.Trial(cancellationToken).ConfigureAwait(false);
        return true;
    }, cancellationToken);
}
