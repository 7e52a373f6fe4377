using Microsoft.Extensions.Logging;
using PhoneAgent.Campaigns.Attempts;

namespace PhoneAgent.Campaigns.Dialing;

/// <summary>
/// Hands outcomes to the store, and keeps those that it does not take until it does: a call that was made is counted, however
/// long the database was away. Thread-safe.
/// </summary>
internal sealed partial class OutcomeDesk(ICampaignStore store, StoreHealth health, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    private int _waiting;

    /// <summary>Outcomes that the store has not taken yet.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Returns when the outcome is on disk, or was there already.</summary>
    /// <param name="cancellationToken">Gives up: the attempt is found as lost later.</param>
    public async Task KeepAsync(Attempt attempt, CallReport report, DateTimeOffset endedAt, DateTimeOffset? dueAt, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            for (TimeSpan wait = FirstWait; ; wait = wait < LongestWait ? 2 * wait : LongestWait)
            {
                try
                {
                    if (!await store.FinishAsync(attempt.Id, report.Outcome, report.CallId, endedAt, dueAt, cancellationToken).ConfigureAwait(false))
                        Log.HadOne(logger, attempt.Id, report.Outcome);
                    return;
                }
                catch (CampaignStoreException e)
                {
                    health.Failed(e);
                }
                await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            Log.NotKept(logger, attempt.Id, report.Outcome);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Attempt {Attempt}: {Outcome} came too late, another node has counted it as lost. Are leases too short, or was the database away?")]
        public static partial void HadOne(ILogger logger, long attempt, AttemptOutcome outcome);

        [LoggerMessage(Level = LogLevel.Error, Message = "Attempt {Attempt}: {Outcome} could not be written before the stop; it will be counted as lost")]
        public static partial void NotKept(ILogger logger, long attempt, AttemptOutcome outcome);
    }
}
