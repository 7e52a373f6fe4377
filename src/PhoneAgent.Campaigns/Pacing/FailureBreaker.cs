using PhoneAgent.Campaigns.Attempts;
using Polly;
using Polly.CircuitBreaker;

namespace PhoneAgent.Campaigns.Pacing;

/// <summary>
/// Pauses a campaign whose calls fail. Counting, states and growing pauses are Polly's; what is ours is that a call's verdict
/// comes long after it began, and that of the calls which began before the pause none says whether it works again: one trial does.
/// Thread-safe.
/// </summary>
public sealed class FailureBreaker
{
    private readonly Lock _lock = new();
    private readonly CircuitBreakerStateProvider _state = new();
    private readonly ResiliencePipeline<bool> _breaker;
    private readonly TimeProvider _time;
    private DateTimeOffset _pausedUntil;
    private int _epoch;
    private bool _hasTrial;

    public FailureBreaker(BreakerOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _time = time;
        _breaker = new ResiliencePipelineBuilder<bool> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<bool>
            {
                FailureRatio = options.FailureShare,
                MinimumThroughput = options.MinimumCalls,
                SamplingDuration = options.Window,
                BreakDurationGenerator = args => new(PauseAfter(options, args.HalfOpenAttempts)),
                ShouldHandle = static args => new(args.Outcome is { Result: false }),
                StateProvider = _state,
                OnOpened = args =>
                {
                    (_pausedUntil, _epoch) = (time.GetUtcNow() + args.BreakDuration, _epoch + 1);
                    return default;
                },
            })
            .Build();
    }

    /// <summary>When the trial may begin; null while the campaign is not paused.</summary>
    public DateTimeOffset? PausedUntil
    {
        get
        {
            lock (_lock)
                return _state.CircuitState == CircuitState.Closed ? null : _pausedUntil;
        }
    }

    /// <summary>Leave to place one call; null while it pauses. Its <see cref="CallPermit"/> must be told the outcome, or be disposed.</summary>
    public CallPermit? TryBegin()
    {
        lock (_lock)
        {
            if (_state.CircuitState == CircuitState.Closed)
                return new CallPermit(this, _epoch, isTrial: false);
            if (_hasTrial || _time.GetUtcNow() < _pausedUntil)
                return null;
            _hasTrial = true;
            return new CallPermit(this, _epoch, isTrial: true);
        }
    }

    /// <summary>Only calls that could not be placed count as failed: nobody's trunk is unwell because people are busy.</summary>
    private static bool Works(AttemptOutcome outcome) => outcome is not AttemptOutcome.Failed;

    internal void Report(CallPermit permit, AttemptOutcome? outcome)
    {
        lock (_lock)
        {
            if (permit.IsTrial)
                _hasTrial = false;
            bool counts = permit.IsTrial || (permit.Epoch == _epoch && _state.CircuitState == CircuitState.Closed);
            if (outcome is not { } ended || !counts || ended is AttemptOutcome.Lost)
                return;
            try
            {
                _breaker.Execute(static works => works, Works(ended));
            }
            catch (BrokenCircuitException)
            {
                // The clock was set back meanwhile, and the pause lasts: the next trial will say.
            }
        }
    }

    private static TimeSpan PauseAfter(BreakerOptions options, int failedTrials) =>
        TimeSpan.FromSeconds(Math.Min(options.LongestPause.TotalSeconds, options.Pause.TotalSeconds * Math.Pow(2, Math.Min(failedTrials, 30))));
}

/// <summary>Leave to place one call. Told the outcome once; disposed without one, it says nothing about the trunk.</summary>
public sealed class CallPermit : IDisposable
{
    private FailureBreaker? _breaker;

    internal CallPermit(FailureBreaker breaker, int epoch, bool isTrial) => (_breaker, Epoch, IsTrial) = (breaker, epoch, isTrial);

    /// <summary>It is the one call that tries whether the campaign may go on.</summary>
    public bool IsTrial { get; }

    internal int Epoch { get; }

    public void Report(AttemptOutcome outcome) => Interlocked.Exchange(ref _breaker, null)?.Report(this, outcome);

    public void Dispose() => Interlocked.Exchange(ref _breaker, null)?.Report(this, null);
}
