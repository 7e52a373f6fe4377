using Microsoft.Extensions.Hosting;
using PhoneAgent.Server.Hosting;

namespace PhoneAgent.Server.Http;

/// <summary>
/// Calls are answered when everything else runs and drained before anything stops: pages show the start, and the last call
/// to its end.
/// </summary>
internal sealed class CallService(CallHost calls, ServerState state) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        await calls.StartAsync(cancellationToken).ConfigureAwait(false);
        state.Enter(ServerPhase.Ready);
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        state.Enter(ServerPhase.Draining);
        try
        {
            await calls.StopAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            state.Enter(ServerPhase.Stopped);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
