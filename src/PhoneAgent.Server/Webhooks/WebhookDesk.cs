using System.Collections.Concurrent;
using System.Data.Common;
using System.Threading.Channels;
using PhoneAgent.Conversation.AfterCall;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Calls;

namespace PhoneAgent.Server.Webhooks;

/// <summary>
/// Writes what happens to calls into the outbox, in order, beside the calls, and has it delivered. What cannot be written because
/// the database rests is said in the log. Thread-safe.
/// </summary>
internal sealed partial class WebhookDesk : ICallWatcher, INodeHeir, IHostedService, IAsyncDisposable
{
    private const int MaxWaiting = 10_000;
    private static readonly TimeSpan Closing = TimeSpan.FromSeconds(5);

    private readonly WebhookOutbox _outbox;
    private readonly CallWriter _writer;
    private readonly SignedPost _post;
    private readonly TimeProvider _time;
    private readonly ILogger<WebhookDesk> _logger;
    private readonly WebhookSender[] _senders;
    private readonly Channel<WebhookEvent> _happened = Channel.CreateBounded<WebhookEvent>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly ConcurrentDictionary<string, OutgoingCall> _placed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Task> _followed = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _giveUp = new();
    private Task _writing = Task.CompletedTask;
    private Task _sending = Task.CompletedTask;
    private int _disposed;

    public WebhookDesk(LoadedConfig config, WebhookOutbox outbox, CallWriter writer, TimeProvider time, ILoggerFactory loggers)
    {
        (_outbox, _writer, _time, _logger) = (outbox, writer, time, loggers.CreateLogger<WebhookDesk>());
        _post = new SignedPost(time);
        _senders = [.. config.Options.Webhooks.Select(hook => new WebhookSender(hook, outbox, _post, time, Random.Shared, loggers.CreateLogger<WebhookSender>()))];
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (_senders.Length == 0)
            return Task.CompletedTask;
        // A call of ours may ring long before anything of it is kept, and must not be ended by those who take us for dead.
        _writer.Start();
        _writing = Task.Run(WriteAsync, CancellationToken.None);
        _sending = Task.WhenAll(_senders.Select(sender => Task.Run(() => sender.RunAsync(_stop.Token), CancellationToken.None)));
        return Task.CompletedTask;
    }

    /// <summary>What happened is written; what is not delivered stays for the next start.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_followed.Values).WaitAsync(Closing, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _happened.Writer.TryComplete();
        // A database that does not answer must not hold up the end of the program.
        using (cancellationToken.UnsafeRegister(_ => _giveUp.Cancel(), null))
            await _writing.ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _sending.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        _post.Dispose();
        _stop.Dispose();
        _giveUp.Dispose();
    }

    void ICallWatcher.OnPlacing(OutgoingCall call)
    {
        if (_senders.Length == 0)
            return;
        WebhookCall about = For(call, new WebhookCall(call.Id, CallDirection.Outbound, call.Agent, call.Target, null));
        _placed[call.Id] = call;
        Post(WebhookEventKind.CallStarted, about);
        Follow(call.Id, FollowAsync());

        async Task FollowAsync()
        {
            CallEnd? failure = await call.Outcome.ConfigureAwait(false);
            _placed.TryRemove(call.Id, out _);
            if (failure is null)
                return;
            Post(WebhookEventKind.CallEnded, about with { Seconds = 0, Cause = failure.Cause, EndedBy = failure.By, Reason = failure.Cause == CallEndCause.NotAllowed ? failure.Reason : null });
            string disposition = ConfigValue.EnumText(call.Early?.Kind.ToString() ?? failure.Cause.ToString());
            Post(WebhookEventKind.CallDisposition, For(call, new WebhookCall(call.Id, null, call.Agent, null, null) { Disposition = disposition, DispositionBy = "line" }));
        }
    }

    void ICallWatcher.OnStarted(RunningCall call)
    {
        if (_senders.Length == 0)
            return;
        var about = new WebhookCall(call.Info.Id, call.Info.Direction, call.Agent, call.Info.RemoteParty, call.Info.LocalParty);
        if (_placed.TryGetValue(call.Info.Id, out OutgoingCall? placed))
            about = For(placed, about);
        else
            Post(WebhookEventKind.CallStarted, about);
        Post(WebhookEventKind.CallAnswered, about);
        Follow(call.Info.Id, FollowAsync());

        async Task FollowAsync()
        {
            bool isEnded = false;
            await foreach (TimelineEvent happened in call.Timeline.Subscribe().ReadAllAsync().ConfigureAwait(false))
            {
                if (happened is TimelineEvent.Escalated escalated)
                    Post(WebhookEventKind.CallEscalated, about with { Rule = escalated.Rule });
                else if (happened is TimelineEvent.Ended ended)
                {
                    isEnded = true;
                    Post(WebhookEventKind.CallEnded, about with { Seconds = Math.Round(ended.At.TotalSeconds, 2), Cause = ended.Cause, EndedBy = ended.By });
                }
            }
            if (isEnded)
                return;
            // A call that a bug ended, or an agent without turns, says it in no event.
            CallEnd end = await call.Completion.ConfigureAwait(false);
            Post(WebhookEventKind.CallEnded, about with { Seconds = Math.Round(call.Tap.Elapsed.TotalSeconds, 2), Cause = end.Cause, EndedBy = end.By });
        }
    }

    void ICallWatcher.OnWrittenDown(string callId, string agent, AfterCallReport report)
    {
        if (_senders.Length == 0 || report.Disposition is null)
            return;
        // Behind the end of the call, which may still be on its way.
        Follow($"{callId} {report.By}", AfterAsync(_followed.GetValueOrDefault(callId) ?? Task.CompletedTask));

        async Task AfterAsync(Task before)
        {
            await before.ConfigureAwait(false);
            Post(WebhookEventKind.CallDisposition, new WebhookCall(callId, null, agent, null, null) { Disposition = report.Disposition, DispositionBy = report.By, Summary = report.Summary });
        }
    }

    async Task INodeHeir.TakeOverAsync(string dead, CancellationToken cancellationToken)
    {
        if (await _outbox.TakeOverAsync(dead, about => CutOff(WebhookEvent.ReadCall(about)), cancellationToken).ConfigureAwait(false) == 0)
            return;
        foreach (WebhookSender sender in _senders)
            sender.Wake();
    }

    private IReadOnlyList<(string, IReadOnlyList<(string, byte[])>)> CutOff(WebhookCall about)
    {
        DateTimeOffset now = _time.GetUtcNow();
        WebhookEvent[] events =
        [
            New(WebhookEventKind.CallEnded, about with { Cause = CallEndCause.Failed, EndedBy = EndedBy.Agent, Reason = CallRecovery.Reason }, now),
            New(WebhookEventKind.CallDisposition, new WebhookCall(about.Id, null, about.Agent, null, null) { Disposition = CallRecovery.Disposition, DispositionBy = "rules" }, now),
        ];
        return [.. events.Select(happened => (happened.Id, ReceiversOf(happened)))];
    }

    private IReadOnlyList<(string, byte[])> ReceiversOf(WebhookEvent happened) =>
        [.. _senders.Where(sender => sender.Hook.Wants(happened.Kind)).Select(sender => (sender.Hook.Name, happened.ToUtf8(sender.Hook.PersonalData)))];

    private static WebhookCall For(OutgoingCall call, WebhookCall about) => about with { Campaign = call.For?.Campaign, Contact = call.For?.Contact };

    private static WebhookEvent New(WebhookEventKind kind, WebhookCall call, DateTimeOffset now) => new(Guid.CreateVersion7(now).ToString("N"), kind, now, call);

    private void Post(WebhookEventKind kind, WebhookCall call)
    {
        // Beginnings and ends are written down for this server's heirs, too.
        if (kind is not (WebhookEventKind.CallStarted or WebhookEventKind.CallEnded) && !_senders.Any(sender => sender.Hook.Wants(kind)))
            return;
        if (!_happened.Writer.TryWrite(New(kind, call, _time.GetUtcNow())))
            Log.Lost(_logger, call.Id, kind, "too many wait for the database, or the program ends");
    }

    private void Follow(string what, Task following)
    {
        _followed[what] = following;
        _ = following.ContinueWith(done => _followed.TryRemove(KeyValuePair.Create(what, done)), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task WriteAsync()
    {
        await foreach (WebhookEvent happened in _happened.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                await _outbox.AddAsync(happened.Call.Id, happened.Id, ReceiversOf(happened), _giveUp.Token,
                    begins: happened.Kind == WebhookEventKind.CallStarted ? happened.WriteCall() : null, ends: happened.Kind == WebhookEventKind.CallEnded).ConfigureAwait(false);
            }
            catch (Exception e) when (e is DbException or IOException or TimeoutException or OperationCanceledException)
            {
                Log.Lost(_logger, happened.Call.Id, happened.Kind, e.Message);
                continue;
            }
            foreach (WebhookSender sender in _senders.Where(sender => sender.Hook.Wants(happened.Kind)))
                sender.Wake();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Call {CallId}: nobody will be told of {Event}: {Reason}. Check storage.")]
        public static partial void Lost(ILogger logger, string callId, WebhookEventKind @event, string reason);
    }
}
