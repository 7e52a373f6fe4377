using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Supervision;

namespace PhoneAgent.Conversation.Session;

/// <summary>
/// What the session asks of its line, and hears from it, beside its loop: steps that take time. Used by the loop only; awaited at the
/// call's end. A step that fails is in the timeline and ends nothing.
/// </summary>
internal sealed partial class LineWork(ICall call, SessionInbox inbox, ILogger logger) : IDisposable
{
    private readonly List<Task> _steps = [];
    private readonly CancellationTokenSource _over = new();

    /// <summary>Cancelled when the call is over.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>Everything that was begun.</summary>
    public Task Completion => Task.WhenAll(_steps);

    /// <summary>Begins to pass on what the line says.</summary>
    public void Listen() => _steps.Add(PumpSignalsAsync());

    public void HangUp() => Run(HangUpAsync);

    /// <summary>Holds or resumes; the order comes back to the loop with what the line said to it.</summary>
    public void Hold(SupervisorOrder order, bool held) => Run(token => HoldAsync(order, held, token));

    public void Run(Func<CancellationToken, Task> step)
    {
        inbox.BeginWork();
        _steps.Add(Guarded());

        async Task Guarded()
        {
            try
            {
                await step(_over.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_over.IsCancellationRequested)
            {
                // The call ended first.
            }
            catch (Exception e)
            {
                Log.StepFailed(logger, e, call.Info.Id);
                inbox.Post(SessionMessage.Event(new TimelineEvent.Failure("line", e.Message, "the step was skipped") { At = default }));
            }
            finally
            {
                inbox.EndWork();
            }
        }
    }

    /// <summary>The call is over: what is under way is cancelled.</summary>
    public Task EndAsync() => _over.CancelAsync();

    public void Dispose() => _over.Dispose();

    private async Task HoldAsync(SupervisorOrder order, bool held, CancellationToken cancellationToken)
    {
        try
        {
            order.LineAgreed = await call.SetHoldAsync(held, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!_over.IsCancellationRequested)
        {
            Log.StepFailed(logger, e, call.Info.Id);
            order.LineAgreed = false;
        }
        inbox.Post(SessionMessage.Supervisor(order));
    }

    private async Task HangUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            await call.HangUpAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!_over.IsCancellationRequested)
        {
            // The line will not tell us that the call is over any more.
            Log.StepFailed(logger, e, call.Info.Id);
            inbox.Post(SessionMessage.Signal(new CallSignal.Ended(new CallEnd(CallEndCause.PeerLost, EndedBy.Agent, Reason: e.Message))));
        }
    }

    private async Task PumpSignalsAsync()
    {
        try
        {
            while (await call.Signals.WaitToReadAsync(_over.Token).ConfigureAwait(false))
            {
                // It leaves the line's queue when it is in ours: at no moment are both empty while it is on its way.
                while (call.Signals.TryPeek(out CallSignal? signal))
                {
                    await inbox.PostAsync(SessionMessage.Signal(signal), _over.Token).ConfigureAwait(false);
                    call.Signals.TryRead(out _);
                }
            }
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested)
        {
            // The call is over, and nobody reads the rest.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Call {CallId}: a step on the line failed")]
        public static partial void StepFailed(ILogger logger, Exception exception, string callId);
    }
}
