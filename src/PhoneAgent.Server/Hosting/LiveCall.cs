using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Supervision;

namespace PhoneAgent.Server.Hosting;

/// <summary>A call that runs, or has just ended, for whoever watches it. Thread-safe.</summary>
/// <remarks>
/// Watchers read; nothing is sent to them, so that a slow one costs neither the call nor memory: each asks for what is new
/// when it has the time (<see cref="CallTimeline.At"/>, <see cref="CallTap"/>).
/// </remarks>
internal sealed class LiveCall(RunningCall running)
{
    // Leads to the call's engines and buffers: not kept for those who look at a call that is over.
    private volatile RunningCall? _running = running;
    private MediaStatistics? _lastMedia;

    public string Id => Info.Id;

    public CallInfo Info { get; } = running.Info;

    /// <summary>The agent that took the call.</summary>
    public string Agent { get; } = running.Agent;

    public CallTimeline Timeline { get; } = running.Timeline;

    public CallTap Tap { get; } = running.Tap;

    /// <summary>What supervisors can do to it; null: nothing, or nothing any more.</summary>
    public CallSupervision? Supervision => _running?.Supervision;

    /// <summary>Counters of the media path so far; null where nobody counts.</summary>
    public MediaStatistics? Media => _running is { } running ? running.Media?.Invoke() : _lastMedia;

    /// <summary>Ends with the call. Never faults.</summary>
    public Task<CallEnd> Completion { get; } = running.Completion;

    public bool IsOver => Completion.IsCompleted;

    /// <summary>The call is over: lets go of everything but its record.</summary>
    public void Release()
    {
        _lastMedia = Media;
        _running = null;
        Tap.Release();
    }
}
