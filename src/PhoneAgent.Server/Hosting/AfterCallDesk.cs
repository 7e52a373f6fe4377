using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.AfterCall;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Hosting;

/// <summary>
/// Lets the model write down calls that have ended, a few at a time, beside the calls that run. At the end of the program it is given
/// <c>limits.after_call_timeout</c> to finish; what is not ready by then stays as the rules wrote it. Thread-safe.
/// </summary>
/// <param name="model">The model to ask; null where there is none.</param>
internal sealed partial class AfterCallDesk(IChatClient? model, LoadedConfig config, TimeProvider time, ILogger<AfterCallDesk> logger) : IAsyncDisposable
{
    // The model also serves the calls that run: they come first.
    private const int AtOnce = 4;
    private const int MaxWaiting = 1_000;

    private readonly SemaphoreSlim _places = new(AtOnce);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _running = [];
    private bool _isEnding;

    /// <summary>Begins, and returns at once. Only calls whose agent asks for it (<c>after_call</c>), and in which there was a caller, go to a model.</summary>
    /// <param name="write">Puts the model's report in the place of that of the rules; fails as files fail.</param>
    public void Begin(string callId, EndedCall call, Func<AfterCallReport, Task> write)
    {
        if (call.Definition is null || !call.HasCaller || model is not { } client)
            return;
        lock (_lock)
        {
            if (_isEnding)
            {
                // Nobody would wait for it.
                Log.NotReady(logger, callId);
                return;
            }
            if (_running.Count >= MaxWaiting)
            {
                Log.TooMany(logger, callId, MaxWaiting);
                return;
            }
            Task work = Task.Run(() => RunAsync(callId, client, call, write));
            _running.Add(work);
            _ = work.ContinueWith(Remove, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private void Remove(Task work)
    {
        lock (_lock)
            _running.Remove(work);
    }

    private async Task RunAsync(string callId, IChatClient client, EndedCall call, Func<AfterCallReport, Task> write)
    {
        try
        {
            await _places.WaitAsync(_stop.Token).ConfigureAwait(false);
            try
            {
                var writer = new AfterCallByModel(client, config.Options.Limits.AfterCallTimeout, time);
                AfterCallReport report = await writer.WriteAsync(call, _stop.Token).ConfigureAwait(false);
                if (report.Problem is { } problem)
                    Log.ByRules(logger, callId, problem);
                await write(report).ConfigureAwait(false);
            }
            finally
            {
                _places.Release();
            }
        }
        catch (OperationCanceledException)
        {
            Log.NotReady(logger, callId);
        }
        catch (Exception e)
        {
            Log.Failed(logger, e, callId);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_lock)
        {
            _isEnding = true;
            running = [.. _running];
        }
        if (running.Length > 0)
        {
            using var limit = new CancellationTokenSource(config.Options.Limits.AfterCallTimeout, time);
            try
            {
                await Task.WhenAll(running).WaitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The rest stays as the rules wrote it.
            }
        }
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(false);
        _stop.Dispose();
        _places.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Call {CallId}: written down by rules: {Reason}")]
        public static partial void ByRules(ILogger logger, string callId, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Call {CallId}: written down by rules: {Count} calls wait for the model already")]
        public static partial void TooMany(ILogger logger, string callId, int count);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Call {CallId}: written down by rules: the program ends (limits.after_call_timeout)")]
        public static partial void NotReady(ILogger logger, string callId);

        [LoggerMessage(Level = LogLevel.Error, Message = "Call {CallId}: what the model wrote of it is lost")]
        public static partial void Failed(ILogger logger, Exception exception, string callId);
    }
}
