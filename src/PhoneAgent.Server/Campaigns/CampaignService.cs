using PhoneAgent.Campaigns.Dialing;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Campaigns;

/// <summary>Dials while the server runs. At a stop it begins no call any more; those that run are drained with the others.</summary>
internal sealed class CampaignService(Dialer dialer, ContactWishes wishes, LoadedConfig config) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (config.Options.Campaigns.Enabled)
            dialer.Start();
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        dialer.BeginStop();
        return Task.CompletedTask;
    }

    /// <summary>The lines are closed by now: what is left are outcomes and wishes to be written.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // A call is over when its wishes are written: without a database that would be never.
        using CancellationTokenRegistration end = cancellationToken.Register(wishes.GiveUp);
        await dialer.StopAsync(cancellationToken).ConfigureAwait(false);
        wishes.GiveUp();
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
