using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Server.BrowserVoice;

/// <summary>A call over a socket that rings.</summary>
internal sealed class IncomingSocketCall(SocketCall call) : IIncomingCall
{
    private readonly TaskCompletionSource<RejectReason?> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CallInfo Info => call.Info;

    /// <summary>Null when it was answered.</summary>
    public Task<RejectReason?> Outcome => _outcome.Task;

    public Task<ICall?> AnswerAsync(CancellationToken cancellationToken) =>
        Task.FromResult<ICall?>(_outcome.TrySetResult(null) && !call.HasEnded ? call : null);

    public Task RejectAsync(RejectReason reason, CancellationToken cancellationToken)
    {
        _outcome.TrySetResult(reason);
        return Task.CompletedTask;
    }

    /// <summary>Nobody answered in time: an answer that comes now finds nobody.</summary>
    public void GiveUp() => _outcome.TrySetResult(RejectReason.Unavailable);
}
