using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Answering;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Hosting;

/// <summary>
/// Answers every call that arrives on a line with the agent it is meant for. Calls are independent: whatever happens
/// in one is logged and ends that one. Stopping refuses new calls, lets running ones go on for a while, then hangs up.
/// </summary>
internal sealed partial class CallHost(IEnumerable<IPhoneLine> lines, CallRunner runner, AgentDirectory agents, EngineWarmUp warmUp, IEnumerable<ICallWatcher> watchers, LoadedConfig config, TimeProvider time, ILogger<CallHost> logger) : IHostedService, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Task> _calls = new();
    private readonly CancellationTokenSource _hangUp = new();
    private readonly IPhoneLine[] _lines = [.. lines];
    private Task _accepting = Task.CompletedTask;

    /// <summary>Tries the engines, opens the lines and begins to answer.</summary>
    /// <exception cref="PhoneLineException">A line cannot start; the message says what to change.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await warmUp.RunAsync(cancellationToken).ConfigureAwait(false);
        foreach (IPhoneLine line in _lines)
            await line.StartAsync(cancellationToken).ConfigureAwait(false);
        _accepting = Task.WhenAll(_lines.Select(AcceptAsync));
    }

    private async Task AcceptAsync(IPhoneLine line)
    {
        await foreach (IIncomingCall incoming in line.Incoming.ReadAllAsync().ConfigureAwait(false))
        {
            // Off this loop: nothing of one call may hold up the next.
            Hold(incoming.Info.Id, Task.Run(() => HandleAsync(incoming)));
        }
    }

    /// <summary>
    /// Places a call and lets an agent have it when it is answered: every call of ours begins here. Where the agent is to find out who
    /// answers, it listens before the answer, too. It is one of the calls that stopping waits for.
    /// </summary>
    /// <param name="call">Not placed yet.</param>
    /// <param name="cancellationToken">Gives up, or hangs up.</param>
    /// <returns>How the call ended, answered or not. Never faults.</returns>
    public Task<CallEnd> PlaceAsync(IPhoneLine line, OutgoingCall call, Agent agent, CancellationToken cancellationToken)
    {
        foreach (ICallWatcher watcher in watchers)
            watcher.OnPlacing(call);
        Task<CallEnd> run = Task.Run(() => PlaceAndCarryAsync(line, call, agent, cancellationToken), CancellationToken.None);
        Hold(call.Id, run);
        return run;
    }

    private async Task<CallEnd> PlaceAndCarryAsync(IPhoneLine line, OutgoingCall call, Agent agent, CancellationToken cancellationToken)
    {
        CallEnd failure;
        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _hangUp.Token);
            AnswerDetectionOptions detection = (agent as TalkingAgent)?.Session.AnswerDetection ?? new AnswerDetectionOptions();
            PlacedCall placed = await EarlyMediaListener.PlaceAsync(line, call.Request, detection, stop.Token).ConfigureAwait(false);
            call.Early = placed.Early;
            if (placed.Result.Call is { } answered)
                return await CarryAsync(answered, agent, call, stop.Token).ConfigureAwait(false);
            failure = placed.Result.Failure!;
            string how = failure.ToWords();
            Log.NotReached(logger, call.Id, how);
        }
        catch (Exception e)
        {
            Log.Failed(logger, e, call.Id);
            failure = new CallEnd(CallEndCause.Failed, EndedBy.Agent, Reason: e.Message);
        }
        // Nothing happens when it was answered.
        call.Resolve(failure);
        return failure;
    }

    private void Hold(string id, Task call)
    {
        _calls[id] = call;
        _ = call.ContinueWith((_, key) => _calls.TryRemove((string)key!, out Task? _), id, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task HandleAsync(IIncomingCall incoming)
    {
        try
        {
            if (agents.For(incoming.Info) is not { } agent)
            {
                Log.NoAgent(logger, incoming.Info.Id);
                await incoming.RejectAsync(RejectReason.NotFound, _hangUp.Token).ConfigureAwait(false);
                return;
            }
            if (await incoming.AnswerAsync(_hangUp.Token).ConfigureAwait(false) is not { } call)
            {
                Log.NotAnswered(logger, incoming.Info.Id);
                return;
            }
            await CarryAsync(call, agent, null, _hangUp.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_hangUp.IsCancellationRequested)
        {
            // Stopped while it rang.
        }
        catch (Exception e)
        {
            Log.Failed(logger, e, incoming.Info.Id);
        }
    }

    private async Task<CallEnd> CarryAsync(ICall call, Agent agent, OutgoingCall? placed, CancellationToken cancellationToken)
    {
        RunningCall running;
        try
        {
            running = runner.Start(call, agent, placed?.RecordTo, cancellationToken, placed?.Recording);
        }
        catch
        {
            // Nobody holds this call: its caller must not be left in silence.
            await call.HangUpAsync(CancellationToken.None).ConfigureAwait(false);
            await call.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        placed?.Begin(running);
        foreach (ICallWatcher watcher in watchers)
            watcher.OnStarted(running);
        // Only now: whoever looks for it among those that are placed, and then among those that run, finds it in one of them.
        placed?.Resolve(null);
        return await running.Completion.ConfigureAwait(false);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (IPhoneLine line in _lines)
            line.Drain();
        if (!_calls.IsEmpty)
        {
            Log.Draining(logger, config.Options.Limits.DrainTimeout.TotalSeconds);
            using var bound = new CancellationTokenSource(config.Options.Limits.DrainTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
            await WaitAsync(either.Token).ConfigureAwait(false);
        }
        await _hangUp.CancelAsync().ConfigureAwait(false);
        await WaitAsync(cancellationToken).ConfigureAwait(false);
        await CloseLinesAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_calls.Values).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The time is up; what still runs is hung up by the caller of this.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseLinesAsync().ConfigureAwait(false);
        _hangUp.Dispose();
    }

    private async Task CloseLinesAsync()
    {
        foreach (IPhoneLine line in _lines)
            await line.DisposeAsync().ConfigureAwait(false);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Call {CallId}: no agent for the number that was called; answered 404. See agents.routes and agents.default.")]
        public static partial void NoAgent(ILogger logger, string callId);

        [LoggerMessage(Level = LogLevel.Information, Message = "Call {CallId}: not answered: the caller gave up, or no media was agreed")]
        public static partial void NotAnswered(ILogger logger, string callId);

        [LoggerMessage(Level = LogLevel.Information, Message = "Call {CallId}: outbound, not answered: {How}")]
        public static partial void NotReached(ILogger logger, string callId, string how);

        [LoggerMessage(Level = LogLevel.Error, Message = "Call {CallId}: failed; other calls are not affected")]
        public static partial void Failed(ILogger logger, Exception exception, string callId);

        [LoggerMessage(Level = LogLevel.Information, Message = "Stopping: what still runs after {Seconds:0.#} s (limits.drain_timeout) is hung up")]
        public static partial void Draining(ILogger logger, double seconds);
    }
}
