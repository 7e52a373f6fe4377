using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Consent;
using PhoneAgent.Campaigns.DoNotCall;

namespace PhoneAgent.Server.Campaigns;

/// <summary>
/// Writes what contacts want, at once; where the database does not take it, again and again until it does. Nobody is called again
/// because it was away. Thread-safe.
/// </summary>
internal sealed partial class ContactWishes(ICampaignStore store, IDoNotCallList doNotCall, TimeProvider time, ILogger<ContactWishes> logger) : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    private readonly CancellationTokenSource _giveUp = new();

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Ends when the entry is on disk. Never faults.</summary>
    public Task StopCallingAsync(DoNotCallEntry entry) => KeepAsync("a wish not to be called", entry.CallId, token => doNotCall.AddAsync(entry, token));

    /// <summary>Ends when the proof is on disk. Never faults.</summary>
    public Task RecordAsync(ConsentRecord proof) => KeepAsync("a consent", proof.CallId, token => store.RecordConsentAsync(proof, token));

    /// <summary>What is not written within the time that a stop has is said in the log.</summary>
    public void GiveUp() => _giveUp.Cancel();

    public void Dispose() => _giveUp.Dispose();

    private async Task KeepAsync(string what, string? callId, Func<CancellationToken, Task> write)
    {
        // The session's loop only asks for it.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            for (TimeSpan wait = TimeSpan.FromSeconds(1); ; wait = wait < LongestWait ? 2 * wait : LongestWait)
            {
                try
                {
                    await write(_giveUp.Token).ConfigureAwait(false);
                    return;
                }
                catch (CampaignStoreException e)
                {
                    Log.NotYet(logger, callId, what, e.Message);
                }
                await Task.Delay(wait, time, _giveUp.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            Log.NotKept(logger, callId, what);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Call {CallId}: {What} cannot be written yet: {Reason}")]
        public static partial void NotYet(ILogger logger, string? callId, string what, string reason);

        [LoggerMessage(Level = LogLevel.Critical, Message = "Call {CallId}: {What} could not be written before the stop. Look the call up and enter it by hand: phoneagent do-not-call add")]
        public static partial void NotKept(ILogger logger, string? callId, string what);
    }
}
