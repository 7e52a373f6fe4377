using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Testing.Storage;

/// <summary>An empty database of one test, with this program's tables.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private readonly string? _folder;

    private TestDatabase(SqlDatabase database, string? folder) => (Database, _folder) = (database, folder);

    public SqlDatabase Database { get; }

    /// <summary>A file in a folder of its own.</summary>
    public static async Task<TestDatabase> SqliteAsync(IReadOnlyList<MigrationSet>? sets = null)
    {
        string folder = Directory.CreateTempSubdirectory("phoneagent-db-").FullName;
        return await new TestDatabase(new SqliteDatabase(Path.Combine(folder, "phoneagent.db")), folder).MigrateAsync(sets);
    }

    /// <summary>Only where <see cref="PostgresServer.Missing"/> is null.</summary>
    public static async Task<TestDatabase> PostgresAsync(IReadOnlyList<MigrationSet>? sets = null) =>
        await new TestDatabase(new PostgresDatabase(await PostgresServer.NewDatabaseAsync(), password: null), null).MigrateAsync(sets);

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
    }

    private async Task<TestDatabase> MigrateAsync(IReadOnlyList<MigrationSet>? sets)
    {
        await Database.MigrateAsync(sets ?? Schema.All, new VirtualTime(), CancellationToken.None);
        return this;
    }
}
