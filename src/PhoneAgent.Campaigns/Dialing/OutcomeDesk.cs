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
    public Task KeepAsync(Attempt attempt, CallReport report, DateTimeOffset endedAt, DateTimeOffset? dueAt, CancellationToken cancellationToken) => WriteAsync(
        attempt, report.Outcome.ToString(), token => store.FinishAsync(attempt.Id, report.Outcome, report.CallId, endedAt, dueAt, token), cancellationToken);

    /// <summary>As <see cref="KeepAsync"/>, of an attempt whose call was never placed.</summary>
    public Task TakeBackAsync(Attempt attempt, DateTimeOffset dueAt, CancellationToken cancellationToken) =>
        WriteAsync(attempt, "not placed", token => store.TakeBackAsync(attempt.Id, dueAt, token), cancellationToken);

    private async Task WriteAsync(Attempt attempt, string outcome, Func<CancellationToken, Task<bool>> write, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            for (TimeSpan wait = FirstWait; ; wait = wait < LongestWait ? 2 * wait : LongestWait)
            {
                try
                {
                    if (!await write(cancellationToken).ConfigureAwait(false))
                        Log.HadOne(logger, attempt.Id, outcome);
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
            Log.NotKept(logger, attempt.Id, outcome);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Attempt {Attempt}: {Outcome} came too late, another node has counted it as lost. Are leases too short, or was the database away?")]
        public static partial void HadOne(ILogger logger, long attempt, string outcome);

        [LoggerMessage(Level = LogLevel.Error, Message = "Attempt {Attempt}: {Outcome} could not be written before the stop; it will be counted as lost")]
        public static partial void NotKept(ILogger logger, long attempt, string outcome);
    }
}
