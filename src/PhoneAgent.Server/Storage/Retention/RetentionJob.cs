using System.Data.Common;
using PhoneAgent.Campaigns;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Storage.Campaigns;

namespace PhoneAgent.Server.Storage.Retention;

/// <summary>Forgets, every hour, what is older than the configuration says.</summary>
internal sealed partial class RetentionJob(ICallStore calls, CampaignRetention campaigns, LoadedConfig config, TimeProvider time, ILogger<RetentionJob> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    /// <summary>Looks once; returns of how many calls something went, and how many rows of campaigns.</summary>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        int all = 0;
        RetentionOptions retention = config.Options.Storage.Retention;
        foreach ((CallData what, TimeSpan kept) in retention.Times().Where(one => one.Kept > TimeSpan.Zero))
        {
            int forgotten = await calls.ForgetAsync(what, time.GetUtcNow() - kept, cancellationToken).ConfigureAwait(false);
            if (forgotten > 0)
                Log.Forgot(logger, what, forgotten);
            all += forgotten;
        }
        foreach ((CampaignData what, TimeSpan kept) in retention.Campaigns.Times().Where(one => one.Kept > TimeSpan.Zero))
        {
            int forgotten = await campaigns.ForgetAsync(what, time.GetUtcNow() - kept, cancellationToken).ConfigureAwait(false);
            if (forgotten > 0)
                Log.ForgotOfCampaigns(logger, what, forgotten);
            all += forgotten;
        }
        return all;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        using var timer = new PeriodicTimer(Every, time);
        do
        {
            try
            {
                await RunOnceAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is DbException or CampaignStoreException)
            {
                Log.Failed(logger, e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Retention: {What} of {Calls} calls are forgotten (storage.retention)")]
        public static partial void Forgot(ILogger logger, CallData what, int calls);

        [LoggerMessage(Level = LogLevel.Information, Message = "Retention: {Rows} rows of campaigns ({What}) are forgotten (storage.retention.campaigns)")]
        public static partial void ForgotOfCampaigns(ILogger logger, CampaignData what, int rows);

        [LoggerMessage(Level = LogLevel.Error, Message = "What is too old cannot be forgotten now: {Reason} It is tried again in an hour.")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
