using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Storage.Calls.Import;
using PhoneAgent.Server.Storage.Campaigns;
using PhoneAgent.Server.Storage.Database;
using PhoneAgent.Server.Storage.Retention;

namespace PhoneAgent.Server.Storage;

/// <summary>What is kept, and where.</summary>
internal static class StorageServices
{
    /// <summary>
    /// Needs the configuration and the time in the same container. In a host the tables are brought up to date before anything else
    /// starts; a command that is no server calls <see cref="OpenStorageAsync"/> first.
    /// </summary>
    public static IServiceCollection AddStorage(this IServiceCollection services) => services
        .AddDatabase()
        .AddSingleton(NodeIdentity.ThisProcess)
        .AddSingleton<RecordingFolder>()
        .AddSingleton(s => PartyKey.For(s.GetRequiredService<LoadedConfig>()))
        .AddSingleton<ImportState>()
        .AddSingleton<ICallLog, SqlCallLog>()
        .AddSingleton<ICallStore, SqlCallStore>()
        .AddSingleton(s => new CallWriter(s.GetRequiredService<ICallLog>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<CallWriter>>(), CallWriter.Gather, s.GetRequiredService<PartyKey>()))
        .AddSingleton<RecordImport>()
        .AddHostedService<PartyKeyCheck>()
        .AddHostedService<CallRecovery>()
        .AddHostedService(s => s.GetRequiredService<RecordImport>())
        .AddSingleton<CampaignRetention>()
        .AddSingleton<InTransit>()
        .AddHostedService<RetentionJob>();

    /// <exception cref="StorageException">It cannot be opened, or is a newer program's.</exception>
    public static async Task OpenStorageAsync(this IServiceProvider services, CancellationToken cancellationToken)
    {
        await services.GetRequiredService<SqlDatabase>().MigrateAsync(Schema.All, services.GetRequiredService<TimeProvider>(), cancellationToken).ConfigureAwait(false);
        await ActivatorUtilities.CreateInstance<PartyKeyCheck>(services).StartAsync(cancellationToken).ConfigureAwait(false);
    }
}
