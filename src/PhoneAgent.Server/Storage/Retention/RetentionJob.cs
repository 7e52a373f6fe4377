using System.Data.Common;
using PhoneAgent.Campaigns;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Storage.Campaigns;

namespace PhoneAgent.Server.Storage.Retention;

/// <summary>Forgets, every hour, what is older than the configuration says.</summary>
internal sealed partial class RetentionJob(ICallStore calls, CampaignRetention campaigns, InTransit transit, LoadedConfig config, TimeProvider time, ILogger<RetentionJob> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    /// <summary>Looks once; returns of how many calls something went, and how many rows of campaigns and of what was to be passed on.</summary>
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
        OldInTransit old = await transit.ForgetOldAsync(cancellationToken).ConfigureAwait(false);
        if (old.Events > 0)
            Log.ForgotEvents(logger, old.Events);
        if (old.Answers > 0 || old.Calls > 0)
            Log.ForgotInTransit(logger, old.Answers, old.Calls);
        return all + old.Answers + old.Events + old.Calls;
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

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Events} events are forgotten that waited for receivers which webhooks names no more")]
        public static partial void ForgotEvents(ILogger logger, int events);

        [LoggerMessage(Level = LogLevel.Information, Message = "Retention: {Answers} answers are not given again any more (api.idempotency_lifetime), and {Calls} calls are forgotten of whose end no webhook told (storage.retention.calls)")]
        public static partial void ForgotInTransit(ILogger logger, int answers, int calls);

        [LoggerMessage(Level = LogLevel.Error, Message = "What is too old cannot be forgotten now: {Reason} It is tried again in an hour.")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
