using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.AfterCall;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Supervision;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Storage.Redaction;

namespace PhoneAgent.Server.Hosting;

/// <summary>Carries established calls to their end, with everything that is kept of them. Thread-safe.</summary>
internal sealed partial class CallRunner(Lazy<CallEngines> engines, Lazy<AfterCallDesk> desk, LoadedConfig config, TimeProvider time, ILoggerFactory loggers, Func<string, Stream> create, CallWriter writer, IEnumerable<ICallWatcher>? watchers = null)
{
    private readonly ILogger<CallRunner> _logger = loggers.CreateLogger<CallRunner>();
    private readonly RecordingFolder _recordings = new(config);
    private readonly RecordRedactor? _redactor = RecordRedactor.For(config.Options.Timeline);

    /// <summary>Begins; the call is disposed when it is over.</summary>
    /// <param name="recordTo">Records into this file, whatever the configuration says.</param>
    /// <param name="cancellationToken">Hangs up.</param>
    /// <param name="permission">Whether it may be recorded; null: as the configuration says.</param>
    public RunningCall Start(ICall call, Agent agent, string? recordTo, CancellationToken cancellationToken, RecordingPermission? permission = null)
    {
        string? name = recordTo is null ? CallFiles.RecordingOf(call.Info) : null;
        permission ??= recordTo is not null || config.Options.Recording.Enabled ? RecordingPermission.FromTheStart : RecordingPermission.None;
        CallRecording? recorder = permission.Open(() => new CallRecording(before => new WavRecorder(() => create(recordTo ?? _recordings.Find(name!)!), time, before)));
        var tap = new CallTap(recorder);
        ICallSession session;
        try
        {
            session = agent.Open(call, engines, tap, loggers);
        }
        catch
        {
            // Nobody else knows of the file that is open and the loop that writes it.
            recorder?.DisposeAsync().AsTask().GetAwaiter().GetResult();
            throw;
        }
        return new RunningCall(call.Info, agent.Name, session.Timeline, tap, RunAsync(call, agent, session, recorder, Began(call.Info, agent, recorder is null ? null : name), cancellationToken))
        {
            Supervision = session.Supervision,
            Media = () => call.Audio.Statistics,
        };
    }

    private async Task<CallEnd> RunAsync(ICall call, Agent agent, ICallSession session, CallRecording? recorder, CallChange.Began began, CancellationToken cancellationToken)
    {
        Log.Started(_logger, call.Info.Id, call.Info.Direction);
        KeptCall? kept = config.Options.Timeline.Enabled ? writer.Keep(began, session.Timeline, _redactor) : null;
        Task recording = recorder is null ? Task.CompletedTask : ReportAsync(recorder, session.Timeline, call.Info.Id);
        using var longest = new CancellationTokenSource(config.Options.Limits.MaxCallDuration, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(longest.Token, cancellationToken);
        try
        {
            using CancellationTokenRegistration told = longest.Token.Register(() => TellTooLong(session.Timeline, call.Info.Id));
            CallEnd end = await session.RunAsync(stop.Token).ConfigureAwait(false);
            (double seconds, string how) = (LastOf(session.Timeline).TotalSeconds, end.ToWords());
            Log.Ended(_logger, call.Info.Id, seconds, how);
            return end;
        }
        catch (Exception e)
        {
            Log.Broke(_logger, e, call.Info.Id);
            session.Timeline.Append(new TimelineEvent.Failure("phoneagent", e.Message, "the call was ended") { At = LastOf(session.Timeline) });
            await call.HangUpAsync(CancellationToken.None).ConfigureAwait(false);
            return new CallEnd(CallEndCause.Failed, EndedBy.Agent, Reason: e.Message);
        }
        finally
        {
            await call.DisposeAsync().ConfigureAwait(false);
            if (recorder is not null)
                await recorder.DisposeAsync().ConfigureAwait(false);
            await recording.ConfigureAwait(false);
            // Also after a bug, so that the writer ends.
            session.Timeline.Complete();
            if (kept is not null)
                await SummarizeAsync(call.Info.Id, agent, session.Timeline, kept).ConfigureAwait(false);
            session.Dispose();
        }
    }

    private void TellTooLong(CallTimeline timeline, string callId)
    {
        Log.TooLong(_logger, callId, config.Options.Limits.MaxCallDuration);
        timeline.Append(new TimelineEvent.Failure("phoneagent", $"the call lasted {config.Options.Limits.MaxCallDuration} (limits.max_call_duration)", "it was ended") { At = LastOf(timeline) });
    }

    private static CallChange.Began Began(CallInfo call, Agent agent, string? recording) =>
        new(call.Id, agent.Name, call.Direction, call.RemoteParty, call.LocalParty, call.StartedAt, recording);

    private async Task ReportAsync(CallRecording recorder, CallTimeline timeline, string callId)
    {
        if (await recorder.Completion.ConfigureAwait(false) is { } failure)
        {
            Log.RecordingEnded(_logger, callId, failure.Kept, failure.Reason);
            timeline.Append(new TimelineEvent.Failure("recording", failure.Reason, $"recorded up to {failure.Kept.TotalSeconds:0.0} s; the call goes on") { At = failure.At });
        }
        if (recorder.FramesDropped > 0)
            timeline.Append(new TimelineEvent.Dropped("frames of the recording", recorder.FramesDropped) { At = LastOf(timeline) });
    }

    /// <summary>Written by rules at once; a model, where the agent wants one, does it anew beside the calls that run.</summary>
    private async Task SummarizeAsync(string callId, Agent agent, CallTimeline timeline, KeptCall kept)
    {
        IReadOnlyList<TimelineEvent> events = timeline.Snapshot();
        CallSummary summary = CallSummary.From(events);
        var ended = new EndedCall(agent.Name, agent.AfterCall, agent.Topics, events);
        AfterCallReport byRules = AfterCallByRules.Write(ended);
        if (!await kept.EndAsync(events, summary with { AfterCall = byRules }).ConfigureAwait(false))
            Log.NoRecord(_logger, callId);
        Tell(byRules);
        if (ended.Definition is not null)
            desk.Value.Begin(callId, ended, async report =>
            {
                await kept.ReportAsync(summary with { AfterCall = report }).ConfigureAwait(false);
                Tell(report);
            });

        void Tell(AfterCallReport report)
        {
            foreach (ICallWatcher watcher in watchers ?? [])
                watcher.OnWrittenDown(callId, agent.Name, report);
        }
    }

    private static TimeSpan LastOf(CallTimeline timeline) =>
        timeline.Snapshot() is { Count: > 0 } events ? events[^1].At : TimeSpan.Zero;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Call {CallId}: {Direction}, answered")]
        public static partial void Started(ILogger logger, string callId, CallDirection direction);

        [LoggerMessage(Level = LogLevel.Information, Message = "Call {CallId}: over after {Seconds:0.0} s, {How}")]
        public static partial void Ended(ILogger logger, string callId, double seconds, string how);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Call {CallId}: ended after {Limit}, which is limits.max_call_duration")]
        public static partial void TooLong(ILogger logger, string callId, TimeSpan limit);

        [LoggerMessage(Level = LogLevel.Error, Message = "Call {CallId}: ended by a bug; other calls are not affected")]
        public static partial void Broke(ILogger logger, Exception exception, string callId);

        [LoggerMessage(Level = LogLevel.Error, Message = "Call {CallId}: the recording ended after {Kept}: {Reason} The call goes on. Check recording.folder and the space on its disk.")]
        public static partial void RecordingEnded(ILogger logger, string callId, TimeSpan kept, string reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "Call {CallId}: its record is not in the database yet; see the error before")]
        public static partial void NoRecord(ILogger logger, string callId);
    }
}

/// <param name="Agent">The agent that took the call.</param>
/// <param name="Tap">Its sound.</param>
/// <param name="Completion">Ends when the call and everything that is kept of it is done. Never faults.</param>
internal sealed record RunningCall(CallInfo Info, string Agent, CallTimeline Timeline, CallTap Tap, Task<CallEnd> Completion)
{
    /// <summary>What supervisors can do to it; null: nothing.</summary>
    public CallSupervision? Supervision { get; init; }

    /// <summary>Counters of the media path so far; any thread.</summary>
    public Func<MediaStatistics>? Media { get; init; }
}
