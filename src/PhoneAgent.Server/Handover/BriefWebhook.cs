using System.Threading.Channels;
using Polly;
using Polly.Retry;
using Polly.Timeout;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Webhooks;

namespace PhoneAgent.Server.Handover;

/// <summary>
/// Posts briefs to whoever is to know of hand-overs, beside the calls: signed, and again after a while where it did not
/// arrive. What cannot be delivered is said in the log and, while the call runs, in its timeline. Thread-safe. Disposing gives
/// what is under way a moment.
/// </summary>
internal sealed partial class BriefWebhook : IAsyncDisposable
{
    private const int AtOnce = 4;
    private const int MaxWaiting = 500;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Closing = TimeSpan.FromSeconds(5);

    private readonly BriefWebhookOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<BriefWebhook> _logger;
    private readonly SignedPost _post;
    private readonly ResiliencePipeline<Attempt> _pipeline;
    private readonly Channel<Delivery> _waiting = Channel.CreateBounded<Delivery>(MaxWaiting);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _workers;

    public BriefWebhook(BriefWebhookOptions options, TimeProvider time, ILogger<BriefWebhook> logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _post = new SignedPost(time);
        _pipeline = Pipeline(options, time);
        _workers = options.Urls.Count == 0 ? [] : [.. Enumerable.Range(0, AtOnce).Select(_ => Task.Run(WorkAsync))];
    }

    /// <summary>What came of one attempt; <see cref="Problem"/> is null when it arrived.</summary>
    private readonly record struct Attempt(string? Problem, bool MayRetry);

    private sealed record Delivery(string Id, Uri Url, byte[] Body, string CallId, Action<TimelineEvent> Report);

    /// <summary>Begins, and returns at once.</summary>
    /// <param name="report">Told what could not be delivered; any thread.</param>
    public void Post(BriefDocument document, Action<TimelineEvent> report)
    {
        if (_workers.Length == 0)
            return;
        byte[] body = document.ToUtf8();
        foreach (string url in _options.Urls)
        {
            var delivery = new Delivery(Guid.CreateVersion7(_time.GetUtcNow()).ToString("N"), new Uri(url), body, document.Brief.CallId, report);
            if (!_waiting.Writer.TryWrite(delivery))
                Fail(delivery, $"{MaxWaiting} others wait already");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await Task.WhenAll(_workers).WaitAsync(Closing, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_workers).ConfigureAwait(false);
        _post.Dispose();
        _stop.Dispose();
    }

    private async Task WorkAsync()
    {
        await foreach (Delivery delivery in _waiting.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                Attempt last = await _pipeline.ExecuteAsync(async token => await SendAsync(delivery, token).ConfigureAwait(false), _stop.Token).ConfigureAwait(false);
                if (last.Problem is { } problem)
                    Fail(delivery, problem);
                else
                    Log.Delivered(_logger, delivery.CallId, delivery.Url.Host);
            }
            catch (OperationCanceledException)
            {
                Fail(delivery, "the program ends");
            }
            catch (TimeoutRejectedException)
            {
                Fail(delivery, $"no answer within {_options.Timeout.TotalSeconds:0.#} s");
            }
            catch (Exception e)
            {
                Fail(delivery, e.Message);
            }
        }
    }

    private async Task<Attempt> SendAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        PostResult result = await _post.SendAsync(delivery.Url, delivery.Body, _options.Secret ?? "", delivery.Id, cancellationToken).ConfigureAwait(false);
        return new Attempt(result.Problem, IsWorthAnother(result.Status));
    }

    private static bool IsWorthAnother(int? status) => status is null or StatusCodes.Status408RequestTimeout or StatusCodes.Status429TooManyRequests or >= 500;

    private static ResiliencePipeline<Attempt> Pipeline(BriefWebhookOptions options, TimeProvider time)
    {
        var builder = new ResiliencePipelineBuilder<Attempt> { TimeProvider = time };
        if (options.Attempts > 1)
            builder.AddRetry(new RetryStrategyOptions<Attempt>
            {
                MaxRetryAttempts = options.Attempts - 1,
                BackoffType = DelayBackoffType.Exponential,
                Delay = FirstPause,
                MaxDelay = LongestPause,
                UseJitter = true,
                ShouldHandle = new PredicateBuilder<Attempt>().HandleResult(attempt => attempt is { Problem: not null, MayRetry: true }).Handle<TimeoutRejectedException>(),
            });
        return builder.AddTimeout(options.Timeout).Build();
    }

    private void Fail(Delivery delivery, string problem)
    {
        Log.NotDelivered(_logger, delivery.CallId, delivery.Url.Host, problem);
        delivery.Report(new TimelineEvent.Failure("brief webhook", $"{delivery.Url.Host}: {problem}", "it was not told of the hand-over") { At = default });
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "Call {CallId}: {Host} has the brief of its hand-over")]
        public static partial void Delivered(ILogger logger, string callId, string host);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Call {CallId}: {Host} was not told of the hand-over: {Problem}. Check transfer.brief_webhook.")]
        public static partial void NotDelivered(ILogger logger, string callId, string host, string problem);
    }
}
