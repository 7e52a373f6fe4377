using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Escalation;
using PhoneAgent.Server.Hosting;

namespace PhoneAgent.Server.Dashboard.Calls;

/// <summary>
/// Follows one call for all pages that show it. It reads the timeline from where it stopped whenever somebody looks, so a call
/// that nobody watches costs nothing. Thread-safe.
/// </summary>
internal sealed class CallFollower(LiveCall call, EscalationOptions escalation)
{
    private static readonly TimeSpan CurveWindow = TimeSpan.FromMinutes(2);
    private const int CurveSteps = 40;
    private const int MaxLatencies = 60;

    private readonly Lock _lock = new();
    private readonly Transcript _transcript = new();
    private readonly MoodCurve _mood = new(escalation.Frustration, escalation.Threshold);
    private readonly List<TimelineEvent.TurnLatency> _latencies = [];
    private readonly List<TimelineEvent.ToolCall> _tools = [];
    private int _read;
    private string _agent = call.Agent;
    private string _state = "Greeting";
    private string? _ended;
    private string? _escalated;
    private TimeSpan? _gap;
    private TimeSpan _last;
    private int _failures;

    public LiveCall Call => call;

    public CallView View()
    {
        lock (_lock)
        {
            CatchUp();
            return View_NeedsLock();
        }
    }

    /// <summary>What a page that has seen the first <paramref name="seen"/> events does not know yet.</summary>
    public CallNews NewsSince(int seen)
    {
        lock (_lock)
        {
            CatchUp();
            List<(int, TimelineEvent)> events = [];
            for (int i = seen; i < _read; i++)
                events.Add((i, call.Timeline.At(i)!));
            return new CallNews(View_NeedsLock(), [.. _transcript.Since(seen)], events, [.. _latencies], [.. _tools], [.. _mood.Points], [.. _mood.Tones], _mood.HalfLife);
        }
    }

    private CallView View_NeedsLock()
    {
        TimeSpan now = _ended is null && call.Tap.Elapsed > _last ? call.Tap.Elapsed : _last;
        return new CallView
        {
            Id = call.Id,
            Caller = call.Info.RemoteDisplayName is { Length: > 0 } name ? $"{name} · {call.Info.RemoteParty}" : call.Info.RemoteParty,
            Called = call.Info.LocalParty,
            IsInbound = call.Info.Direction == CallDirection.Inbound,
            Agent = _agent,
            State = _state,
            Elapsed = now,
            Ended = _ended ?? (call.IsOver ? "over" : null),
            LastWords = _transcript.LastWords,
            Tone = _mood.Tones.Count > 0 ? _mood.Tones[^1] : null,
            Score = _mood.ScoreAt(now),
            Threshold = _mood.Threshold,
            Curve = _mood.Sample(now, CurveWindow, CurveSteps),
            Gap = _gap,
            Escalated = _escalated,
            Failures = _failures,
            Version = _read,
        };
    }

    private void CatchUp()
    {
        while (call.Timeline.At(_read) is { } happened)
        {
            Read(happened);
            _transcript.Add(happened, _read);
            _mood.Add(happened);
            _last = happened.At;
            _read++;
        }
    }

    private void Read(TimelineEvent happened)
    {
        switch (happened)
        {
            case TimelineEvent.TurnState state:
                _state = state.To;
                break;
            case TimelineEvent.AgentChanged change:
                _agent = change.To;
                break;
            case TimelineEvent.FirstPacket { ResponseGap: { } gap }:
                _gap = gap;
                break;
            case TimelineEvent.TurnLatency latency:
                _latencies.Add(latency);
                if (_latencies.Count > MaxLatencies)
                    _latencies.RemoveAt(0);
                break;
            case TimelineEvent.ToolCall tool:
                _tools.Add(tool);
                break;
            case TimelineEvent.Escalated escalated:
                _escalated = escalated.Rule;
                break;
            case TimelineEvent.Failure or TimelineEvent.ProviderFailed:
                _failures++;
                break;
            case TimelineEvent.Ended ended:
                _state = "Ended";
                _ended = new CallEnd(ended.Cause, ended.By, Reason: ended.Reason).ToWords();
                break;
        }
    }
}

/// <summary>What is new of a call, and what is short enough to be sent as a whole.</summary>
/// <param name="Lines">Lines of the transcript that are new or have changed.</param>
/// <param name="Events">New events with their numbers.</param>
/// <param name="Latencies">The last turns.</param>
internal sealed record CallNews(
    CallView View,
    IReadOnlyList<TranscriptLine> Lines,
    IReadOnlyList<(int Number, TimelineEvent Event)> Events,
    IReadOnlyList<TimelineEvent.TurnLatency> Latencies,
    IReadOnlyList<TimelineEvent.ToolCall> Tools,
    IReadOnlyList<MoodPoint> Signs,
    IReadOnlyList<TonePoint> Tones,
    TimeSpan HalfLife);
