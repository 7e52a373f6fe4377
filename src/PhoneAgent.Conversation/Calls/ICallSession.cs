using PhoneAgent.Conversation.Supervision;

namespace PhoneAgent.Conversation.Calls;

/// <summary>What happens in one established call, from answer to end.</summary>
public interface ICallSession : IDisposable
{
    /// <summary>The record of the call; complete when <see cref="RunAsync"/> returns.</summary>
    CallTimeline Timeline { get; }

    /// <summary>What people who watch the call can do to it; null: nothing.</summary>
    CallSupervision? Supervision => null;

    /// <summary>Carries the call to its end. Cancelling hangs up. Called once; <see cref="IDisposable.Dispose"/> afterwards.</summary>
    Task<CallEnd> RunAsync(CancellationToken cancellationToken);
}
