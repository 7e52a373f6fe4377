using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Storage;

namespace PhoneAgent.Server.Hosting;

/// <summary>Calls that a campaign has placed.</summary>
internal sealed partial class CallHost
{
    /// <summary>Carries a call that was placed like one that arrived: it is watched, and stopping waits for it. Safe from any thread.</summary>
    /// <param name="call">Established; hung up when the agent cannot take it.</param>
    /// <param name="cancellationToken">Hangs up.</param>
    public async Task<RunningCall> BeginAsync(ICall call, Agent agent, RecordingPermission permission, CancellationToken cancellationToken)
    {
        var hangUp = CancellationTokenSource.CreateLinkedTokenSource(_hangUp.Token, cancellationToken);
        RunningCall running;
        try
        {
            running = runner.Start(call, agent, recordTo: null, hangUp.Token, permission);
        }
        catch
        {
            hangUp.Dispose();
            await call.HangUpAsync(CancellationToken.None).ConfigureAwait(false);
            await call.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        string id = call.Info.Id;
        _calls[id] = EndAsync();
        foreach (ICallWatcher watcher in watchers)
            watcher.OnStarted(running);
        return running;

        async Task EndAsync()
        {
            await running.Completion.ConfigureAwait(false);
            hangUp.Dispose();
            _calls.TryRemove(id, out _);
        }
    }
}
