using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;

namespace PhoneAgent.Conversation.Providers;

/// <summary>
/// Whether one provider of a chain gets requests; shared by all calls, thread-safe. Callers report how their requests went;
/// the half-open trial is <see cref="TryRecoverAsync"/>'s, so that no caller waits for a provider that may still be dead.
/// </summary>
public sealed partial class ProviderCircuit
{
    // An account that is empty may ask for weeks.
    private static readonly TimeSpan LongestRest = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly CircuitBreakerStateProvider _state = new();
    private readonly CircuitBreakerManualControl _manual = new();
    private readonly ResiliencePipeline<bool> _breaker;
    private readonly CircuitOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private DateTimeOffset _restsUntil;
    private int _failedTrials;
    private bool _refused;
    private string? _lastFailure;
    private long _lastAsked;

    /// <param name="stage">"stt", "llm" or "tts".</param>
    /// <param name="provider">Its name in the configuration.</param>
    public ProviderCircuit(string stage, string provider, CircuitOptions options, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(time);
        (Stage, Provider, _options, _time, _logger) = (stage, provider, options, time, logger);
        _lastAsked = time.GetTimestamp();
        _breaker = new ResiliencePipelineBuilder<bool> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<bool>
            {
                FailureRatio = options.FailureRatio,
                MinimumThroughput = options.MinimumRequests,
                SamplingDuration = options.Window,
                BreakDurationGenerator = args => new(BreakAfter(args.HalfOpenAttempts)),
                ShouldHandle = static args => new(args.Outcome is { Result: false } or { Exception: not null and not OperationCanceledException }),
                StateProvider = _state,
                ManualControl = _manual,
            })
            .Build();
    }

    public string Stage { get; }

    public string Provider { get; }

    public ProviderState State =>
        Volatile.Read(ref _refused) ? ProviderState.Refused
        : _state.CircuitState == CircuitState.Closed ? ProviderState.Healthy
        : ProviderState.Resting;

    public bool IsHealthy => State == ProviderState.Healthy;

    public ProviderStatus Status
    {
        get
        {
            lock (_lock)
                return new ProviderStatus(Stage, Provider, State, _lastFailure, _state.CircuitState == CircuitState.Isolated && !_refused ? _restsUntil : null);
        }
    }

    /// <summary>Since a caller or a trial last asked it for something.</summary>
    internal TimeSpan IdleTime => _time.GetElapsedTime(Interlocked.Read(ref _lastAsked));

    /// <summary>A request went well.</summary>
    public void Succeeded()
    {
        Touch();
        lock (_lock)
        {
            // It answered a caller who had nobody else: no trial can prove more. A rest that it asked for is kept.
            if (_state.CircuitState == CircuitState.Open)
                Close();
            else
                Record(true);
        }
    }

    /// <summary>A request failed or was late.</summary>
    public void Failed(EngineException failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        Touch();
        lock (_lock)
        {
            bool wasHealthy = IsHealthy;
            _lastFailure = failure.Message;
            if (failure is ProviderException { Kind: ProviderFailureKind.Unauthorized })
                Refuse();
            else if (failure is ProviderException { Kind: ProviderFailureKind.RateLimited } limited)
                Rest(limited.RetryAfter ?? _options.Break);
            else if (failure is not ProviderException { Kind: ProviderFailureKind.BadRequest }) // what was asked was wrong, not who was asked
                Record(false);
            if (wasHealthy && State == ProviderState.Resting)
                Log.LeftOut(_logger, Stage, Provider, failure.Message);
        }
    }

    /// <summary>Leaves the provider out without waiting for more failures: it could not even be warmed up.</summary>
    public void LeaveOut(EngineException failure)
    {
        Failed(failure);
        lock (_lock)
        {
            if (!IsHealthy)
                return;
            Rest(_options.Break);
            Log.LeftOut(_logger, Stage, Provider, failure.Message);
        }
    }

    /// <summary>
    /// Tries a provider that rests, once its break is over. One trial at a time: of several at once the circuit lets one through.
    /// </summary>
    /// <param name="trial">A small request; throws what the provider throws.</param>
    /// <param name="cancellationToken">Ends the trial without a verdict.</param>
    public async Task TryRecoverAsync(Func<CancellationToken, Task> trial, CancellationToken cancellationToken)
    {
        if (State != ProviderState.Resting || _time.GetUtcNow() < Until())
            return;
        try
        {
            if (_state.CircuitState == CircuitState.Isolated)
                await TryIsolatedAsync(trial, cancellationToken).ConfigureAwait(false);
            else
                await _breaker.ExecuteAsync(async token => await TryAsync(trial, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
        catch (BrokenCircuitException)
        {
            return; // its break is not over, or another trial is under way
        }
        if (IsHealthy)
            Log.Recovered(_logger, Stage, Provider);
    }

    private async Task TryIsolatedAsync(Func<CancellationToken, Task> trial, CancellationToken cancellationToken)
    {
        bool works = await TryAsync(trial, cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            if (works && !_refused)
                Close();
            else if (_time.GetUtcNow() >= _restsUntil)
                Rest(BreakAfter(++_failedTrials));
        }
    }

    private async Task<bool> TryAsync(Func<CancellationToken, Task> trial, CancellationToken cancellationToken)
    {
        Touch();
        try
        {
            await trial(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (EngineException e)
        {
            lock (_lock)
            {
                _lastFailure = e.Message;
                if (e is ProviderException { Kind: ProviderFailureKind.Unauthorized })
                    Refuse();
                else if (e is ProviderException { Kind: ProviderFailureKind.RateLimited, RetryAfter: { } rest })
                    Rest(rest);
            }
            return false;
        }
    }

    private TimeSpan BreakAfter(int failedTrials) =>
        TimeSpan.FromTicks(Math.Min(_options.LongestBreak.Ticks, _options.Break.Ticks << Math.Min(failedTrials, 16)));

    private DateTimeOffset Until()
    {
        lock (_lock)
            return _restsUntil;
    }

    private void Touch() => Interlocked.Exchange(ref _lastAsked, _time.GetTimestamp());

    private void Record(bool success)
    {
        try
        {
            _breaker.Execute(static went => went, success);
        }
        catch (BrokenCircuitException)
        {
            // It is open: this request had begun before.
        }
    }

    // The manual control has no handlers that could wait: these are done when they return.
    private void Close()
    {
        (_restsUntil, _failedTrials) = (default, 0);
        _manual.CloseAsync().GetAwaiter().GetResult();
    }

    private void Rest(TimeSpan time)
    {
        DateTimeOffset until = _time.GetUtcNow() + (time < LongestRest ? time : LongestRest);
        _restsUntil = until > _restsUntil ? until : _restsUntil;
        _manual.IsolateAsync().GetAwaiter().GetResult();
    }

    private void Refuse()
    {
        if (!_refused)
            Log.Refused(_logger, Stage, Provider, _lastFailure!);
        Volatile.Write(ref _refused, true);
        _manual.IsolateAsync().GetAwaiter().GetResult();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Stage}: {Provider} is left out and tried again in the background: {Reason}")]
        public static partial void LeftOut(ILogger logger, string stage, string provider, string reason);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Stage}: {Provider} works again")]
        public static partial void Recovered(ILogger logger, string stage, string provider);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Stage}: {Provider} refuses our key and is not asked again until the configuration has changed: {Reason}")]
        public static partial void Refused(ILogger logger, string stage, string provider, string reason);
    }
}
