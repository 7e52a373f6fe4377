using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Storage.Database;

/// <summary>The database that the configuration names.</summary>
internal static class DatabaseServices
{
    public const string DefaultFile = "phoneagent.db";

    /// <summary>Needs the configuration and the time in the same container. Tables are brought up to date before anything else starts.</summary>
    public static IServiceCollection AddDatabase(this IServiceCollection services) => services
        .AddSingleton(s => Create(s.GetRequiredService<LoadedConfig>()))
        .AddHostedService<DatabaseStart>();

    /// <summary>Not opened yet. A command that is no server calls <see cref="SqlDatabase.MigrateAsync"/> with <see cref="Schema.All"/> first.</summary>
    public static SqlDatabase Create(LoadedConfig config)
    {
        StorageOptions storage = config.Options.Storage;
        return storage.Kind == StorageKind.Postgres
            ? new PostgresDatabase(storage.Postgres!, storage.Password)
            : new SqliteDatabase(FileOf(config));
    }

    /// <summary>Where what belongs to the database but must not be in it is kept: beside SQLite's file, else the folder of this server's state.</summary>
    public static string FolderOf(LoadedConfig config) =>
        config.Options.Storage.Kind == StorageKind.Postgres ? config.PathOf(config.Options.Http.StateFolder) : Path.GetDirectoryName(FileOf(config))!;

    private static string FileOf(LoadedConfig config) => config.PathOf(config.Options.Storage.File ?? Path.Combine(config.Options.Http.StateFolder, DefaultFile));

    private sealed class DatabaseStart(SqlDatabase database, TimeProvider time) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => database.MigrateAsync(Schema.All, time, cancellationToken);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
