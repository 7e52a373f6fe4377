using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace PhoneAgent.Telephony.Sip.Transport;

/// <summary>
/// The one thread of control that owns all SIP state: transactions, dialogs, registrations. Received messages, timer expiries
/// and commands of the API are work items; each runs to its end before the next, so nothing below needs a lock.
/// <see cref="Post"/>, <see cref="TryPostReceived"/> and <see cref="InvokeAsync{T}"/> may be called by any thread;
/// <see cref="StartTimer"/> on the loop only.
/// </summary>
/// <remarks>
/// What the network sends is bounded: beyond the capacity it is dropped and counted, and the peer retransmits. Commands and
/// timers are ours, a few for each call, and are never dropped.
/// </remarks>
public sealed partial class SipLoop : IAsyncDisposable
{
    public const int DefaultReceiveCapacity = 8192;

    private readonly Channel<Work> _work = Channel.CreateUnbounded<Work>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SipTimerQueue _timers;
    private readonly ILogger _logger;
    private readonly int _receiveCapacity;
    private int _receivedPending;
    private int _alarmPending;
    private long _dropped;
    private Task _running = Task.CompletedTask;

    public SipLoop(TimeProvider timeProvider, ILogger logger, int receiveCapacity = DefaultReceiveCapacity)
    {
        TimeProvider = timeProvider;
        _logger = logger;
        _receiveCapacity = receiveCapacity;
        _timers = new SipTimerQueue(timeProvider, OnAlarm);
    }

    public TimeProvider TimeProvider { get; }

    /// <summary>Started, and not disposed of.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>Received messages thrown away because the loop was behind.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Timers that are pending, or cancelled and not yet cleared away.</summary>
    public int TimerCount => _timers.Count;

    /// <summary>Begins to run. Not for tests in virtual time, which call <see cref="RunPending"/>.</summary>
    public void Start()
    {
        IsRunning = true;
        _running = Task.Run(RunAsync);
    }

    /// <summary>Runs an action on the loop. False after disposal: nothing happens.</summary>
    public bool Post(Action action) => _work.Writer.TryWrite(new Work(static state => ((Action)state!)(), action, IsReceived: false));

    /// <summary>For receive loops: false when the loop is behind and the message was dropped.</summary>
    public bool TryPostReceived(Action<object?> action, object? state)
    {
        if (Interlocked.Increment(ref _receivedPending) > _receiveCapacity)
        {
            Interlocked.Decrement(ref _receivedPending);
            Interlocked.Increment(ref _dropped);
            return false;
        }
        return _work.Writer.TryWrite(new Work(action, state, IsReceived: true));
    }

    /// <summary>Runs a function on the loop and brings back what it returns or throws.</summary>
    /// <exception cref="ObjectDisposedException">The loop has ended.</exception>
    public Task<T> InvokeAsync<T>(Func<T> function)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var work = new Work(_ =>
        {
            try
            {
                result.SetResult(function());
            }
            catch (Exception e)
            {
                result.SetException(e);
            }
        }, null, IsReceived: false);
        if (!_work.Writer.TryWrite(work))
            result.SetException(new ObjectDisposedException(nameof(SipLoop)));
        return result.Task;
    }

    /// <summary>Calls back once, on the loop. Only to be called on the loop.</summary>
    public SipTimer StartTimer(TimeSpan due, Action callback) => _timers.Start(due, callback);

    /// <summary>Runs all that is waiting, on the calling thread, and returns how many items that were. For loops never started.</summary>
    public int RunPending()
    {
        int count = 0;
        while (_work.Reader.TryRead(out Work work))
        {
            if (work.IsReceived)
                Interlocked.Decrement(ref _receivedPending);
            Run(work.Action, work.State);
            count++;
        }
        return count;
    }

    /// <summary>Runs what is waiting, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        IsRunning = false;
        _work.Writer.TryComplete();
        await _running.ConfigureAwait(false);
        _timers.Dispose();
    }

    private async Task RunAsync()
    {
        while (await _work.Reader.WaitToReadAsync().ConfigureAwait(false))
            RunPending();
    }

    private void OnAlarm()
    {
        // One waiting alarm is enough, however late the loop is.
        if (Interlocked.Exchange(ref _alarmPending, 1) == 0)
            Post(RunTimers);
    }

    private void RunTimers()
    {
        Volatile.Write(ref _alarmPending, 0);
        _timers.RunDue(callback => Run(static state => ((Action)state!)(), callback));
    }

    /// <summary>A bug in the handling of one call must not take the others with it.</summary>
    private void Run(Action<object?> action, object? state)
    {
        try
        {
            action(state);
        }
        catch (Exception e)
        {
            Log.HandlerFailed(_logger, e);
        }
    }

    private readonly record struct Work(Action<object?> Action, object? State, bool IsReceived);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "A SIP handler failed; this is a bug, the other calls go on.")]
        public static partial void HandlerFailed(ILogger logger, Exception exception);
    }
}
