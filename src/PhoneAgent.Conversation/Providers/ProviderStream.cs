using Polly.Timeout;

namespace PhoneAgent.Conversation.Providers;

/// <summary>What reading on brought: an item, the end, or a failure.</summary>
internal readonly record struct StreamStep<T>(T? Item, bool IsEnd, EngineException? Failure);

/// <summary>
/// One try at one provider that streams: every wait has a limit, every failure is a value. When it is disposed, what the
/// provider still does is cancelled and left to <see cref="Leftovers"/>.
/// </summary>
internal sealed class ProviderStream<T> : IAsyncDisposable
{
    private readonly string _provider;
    private readonly TimeLimit _limit;
    private readonly Leftovers _leftovers;
    private readonly CancellationTokenSource _cancel = new();
    private readonly IAsyncEnumerator<T>? _items;
    private readonly EngineException? _notOpened;
    private Task<bool>? _moving;

    public ProviderStream(string provider, Func<CancellationToken, IAsyncEnumerable<T>> open, TimeLimit limit, Leftovers leftovers)
    {
        (_provider, _limit, _leftovers) = (provider, limit, leftovers);
        try
        {
            _items = open(_cancel.Token).GetAsyncEnumerator(_cancel.Token);
        }
        catch (Exception e)
        {
            _notOpened = AsFailure(e);
        }
    }

    /// <exception cref="OperationCanceledException">The caller cancelled; nothing else is thrown.</exception>
    public async ValueTask<StreamStep<T>> NextAsync(TimeSpan limit, string awaited, CancellationToken cancellationToken)
    {
        if (_items is null)
            return new StreamStep<T>(default, false, _notOpened);
        try
        {
            ValueTask<bool> move = _items.MoveNextAsync();
            bool more = move.IsCompletedSuccessfully ? move.Result : await WaitAsync(move.AsTask(), limit, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            return more ? new StreamStep<T>(_items.Current, false, null) : new StreamStep<T>(default, true, null);
        }
        catch (TimeoutRejectedException)
        {
            return Failed(new ProviderException(_provider, ProviderFailureKind.Timeout, $"{_provider}: no {awaited} within {limit.TotalSeconds:0.0##} s"));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            return Failed(AsFailure(e));
        }
    }

    /// <summary>Does not wait for a provider that hangs.</summary>
    public async ValueTask DisposeAsync()
    {
        await _cancel.CancelAsync().ConfigureAwait(false);
        _leftovers.Add(CloseAsync());
    }

    private async Task<bool> WaitAsync(Task<bool> moving, TimeSpan limit, CancellationToken cancellationToken)
    {
        _moving = moving;
        bool more = await _limit.WaitAsync(moving, limit, _cancel, cancellationToken).ConfigureAwait(false);
        _moving = null;
        return more;
    }

    private async Task CloseAsync()
    {
        try
        {
            if (_moving is not null)
                await ((Task)_moving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_items is not null)
                await _items.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It was given up, or is over: what it has to say now concerns nobody.
        }
        _cancel.Dispose();
    }

    private static StreamStep<T> Failed(EngineException failure) => new(default, false, failure);

    // An adapter that breaks the port's rule about exceptions is a provider that failed, like any other.
    private EngineException AsFailure(Exception e) =>
        e as EngineException ?? new EngineException($"{_provider}: {e.Message}", e);
}
