using System.Data.Common;
using System.Threading.Channels;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Webhooks;

/// <summary>
/// Delivers to one receiver what the outbox holds for it: several calls at the same time, each call's events one after the other.
/// What does not arrive is tried again after a pause that doubles, with jitter, until it is given up.
/// </summary>
internal sealed partial class WebhookSender(WebhookOptions hook, WebhookOutbox outbox, SignedPost post, TimeProvider time, Random random, ILogger<WebhookSender> logger)
{
    private const int AtOnce = 8;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);
    // Another server on the same database may have left something behind.
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DatabasePause = TimeSpan.FromSeconds(5);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Uri _url = new(hook.Url);

    public WebhookOptions Hook => hook;

    /// <summary>There is something new. Any thread.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Delivers until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                while (await DeliverDueAsync(cancellationToken).ConfigureAwait(false) > 0)
                {
                    // The next events of these calls are due now.
                }
                await RestAsync(await outbox.NextAsync(hook.Name, cancellationToken).ConfigureAwait(false) is { } next ? next - time.GetUtcNow() : LongestRest, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is DbException or IOException or TimeoutException)
            {
                Log.NoDatabase(logger, hook.Name, e.Message);
                await RestAsync(DatabasePause, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Tries once to deliver what is due.</summary>
    /// <returns>How many deliveries were tried.</returns>
    internal async Task<int> DeliverDueAsync(CancellationToken cancellationToken)
    {
        // Twice the time: who is too slow is put off by us before anybody else takes it.
        IReadOnlyList<WebhookDelivery> due = await outbox.TakeAsync(hook.Name, AtOnce, 2 * hook.Timeout, cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(due.Select(delivery => DeliverAsync(delivery, cancellationToken))).ConfigureAwait(false);
        return due.Count;
    }

    private async Task DeliverAsync(WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        PostResult result;
        using (var limit = new CancellationTokenSource(hook.Timeout, time))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken))
        {
            try
            {
                result = await post.SendAsync(_url, delivery.Body, hook.Secret ?? "", delivery.EventId, either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                result = new PostResult($"no answer within {hook.Timeout.TotalSeconds:0.#} s", null);
            }
        }
        if (result.Problem is not { } problem)
            Log.Delivered(logger, delivery.CallId, hook.Name);
        else if (result.Status != StatusCodes.Status410Gone && time.GetUtcNow() + PauseAfter(delivery.Attempts) < delivery.CreatedAt + hook.GiveUpAfter)
        {
            Log.PutOff(logger, delivery.CallId, hook.Name, problem);
            await outbox.PutOffAsync(delivery, Jittered(PauseAfter(delivery.Attempts)), cancellationToken).ConfigureAwait(false);
            return;
        }
        else
            Log.GivenUp(logger, delivery.CallId, hook.Name, delivery.Attempts + 1, problem);
        await outbox.RemoveAsync(delivery, cancellationToken).ConfigureAwait(false);
    }

    private static TimeSpan PauseAfter(int attempts)
    {
        double seconds = FirstPause.TotalSeconds * Math.Pow(2, Math.Min(attempts, 20));
        return seconds < LongestPause.TotalSeconds ? TimeSpan.FromSeconds(seconds) : LongestPause;
    }

    // Between half and all of it: receivers that come back are not asked by everybody in the same moment.
    private TimeSpan Jittered(TimeSpan pause) => pause * (0.5 + random.NextDouble() / 2);

    private async Task RestAsync(TimeSpan rest, CancellationToken cancellationToken)
    {
        if (rest <= TimeSpan.Zero)
            return;
        using var limit = new CancellationTokenSource(rest < LongestRest ? rest : LongestRest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _wake.Reader.ReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Something is due.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "Call {CallId}: {Hook} was told")]
        public static partial void Delivered(ILogger logger, string callId, string hook);

        [LoggerMessage(Level = LogLevel.Debug, Message = "Call {CallId}: {Hook} was not told: {Problem} It is tried again.")]
        public static partial void PutOff(ILogger logger, string callId, string hook, string problem);

        [LoggerMessage(Level = LogLevel.Error, Message = "Call {CallId}: {Hook} will not be told what happened: given up after {Attempts} attempts: {Problem}. Check its entry under webhooks.")]
        public static partial void GivenUp(ILogger logger, string callId, string hook, int attempts, string problem);

        [LoggerMessage(Level = LogLevel.Error, Message = "Webhook {Hook} waits for the database (storage): {Reason}")]
        public static partial void NoDatabase(ILogger logger, string hook, string reason);
    }
}
