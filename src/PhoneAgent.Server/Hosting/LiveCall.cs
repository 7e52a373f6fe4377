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
    public string Id => running.Info.Id;

    public CallInfo Info => running.Info;

    /// <summary>The agent that took the call.</summary>
    public string Agent => running.Agent;

    public CallTimeline Timeline => running.Timeline;

    public CallTap Tap => running.Tap;

    /// <summary>What supervisors can do to it; null: nothing.</summary>
    public CallSupervision? Supervision => running.Supervision;

    /// <summary>Counters of the media path so far; null where nobody counts.</summary>
    public MediaStatistics? Media => running.Media?.Invoke();

    /// <summary>Ends with the call. Never faults.</summary>
    public Task<CallEnd> Completion => running.Completion;

    public bool IsOver => running.Completion.IsCompleted;
}
