using PhoneAgent.Server.Storage.Database;
using PhoneAgent.Testing.Contracts;
using PhoneAgent.Testing.Storage;
using Xunit;

namespace PhoneAgent.Tests.Server.Storage.Database;

public sealed class SqliteDatabaseTests : SqlDatabaseContract
{
    internal override Task<TestDatabase> OpenAsync(params MigrationSet[] sets) => TestDatabase.SqliteAsync(sets);

    [Fact]
    public async Task AFileThatCannotBeMadeIsNamedWithWhatToDo()
    {
        await using var database = new SqliteDatabase("/dev/null/phoneagent.db");
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => database.VersionAsync(default));
        Assert.StartsWith("/dev/null/phoneagent.db (storage.file) cannot be opened", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFileThatIsNoDatabaseIsRefused()
    {
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, new string('x', 5000));
        await using (var database = new SqliteDatabase(file))
            await Assert.ThrowsAsync<StorageException>(() => database.VersionAsync(default));
        File.Delete(file);
    }

    [Fact]
    public async Task OthersOnThisMachineCannotReadIt()
    {
        if (OperatingSystem.IsWindows())
            return;
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using TestDatabase test = await TestDatabase.SqliteAsync();
        foreach (string file in Directory.EnumerateFiles(Path.GetDirectoryName(test.Database.Place)!))
            Assert.Equal(owner, File.GetUnixFileMode(file));
        // One that an earlier version has made; a group that the operator lets in stays in.
        File.SetUnixFileMode(test.Database.Place, owner | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        await test.Database.VersionAsync(default);
        Assert.Equal(owner | UnixFileMode.GroupRead, File.GetUnixFileMode(test.Database.Place));
    }

    [Fact]
    public async Task TwoProgramsWriteIntoOneFile()
    {
        await using TestDatabase test = await TestDatabase.SqliteAsync([new MigrationSet("counter", [new Migration(1, "counter", _ => "CREATE TABLE counter (value BIGINT); INSERT INTO counter VALUES (0)")])]);
        await using var other = new SqliteDatabase(test.Database.Place);
        await Task.WhenAll(new[] { test.Database, other }.SelectMany(database => Enumerable.Range(0, 5).Select(_ =>
            database.WriteAsync(session => session.ExecuteAsync("UPDATE counter SET value = value + 1"), default))));
        Assert.Equal(10, await other.ReadAsync(session => session.ScalarAsync<long>("SELECT value FROM counter"), default));
    }
}

[RequiresPostgres]
public sealed class PostgresDatabaseTests : SqlDatabaseContract
{
    internal override Task<TestDatabase> OpenAsync(params MigrationSet[] sets) => TestDatabase.PostgresAsync(sets);

    [ContractFact]
    public async Task AServerThatIsNotThereIsNamedWithoutThePassword()
    {
        await using var database = new PostgresDatabase("Host=/nonexistent;Database=calls;Username=us;Password=hush-hush", password: null);
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => database.VersionAsync(default));
        Assert.Contains("(storage.postgres) cannot be reached", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", e.ToString(), StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task RowsOfAnotherAreLeftOut()
    {
        await using TestDatabase test = await TestDatabase.PostgresAsync([new MigrationSet("jobs", [new Migration(1, "jobs", _ => "CREATE TABLE jobs (id BIGINT); INSERT INTO jobs VALUES (1), (2)")])]);
        await test.Database.WriteAsync(async first =>
        {
            long mine = await first.ScalarAsync<long>($"SELECT id FROM jobs ORDER BY id LIMIT 1 {first.Dialect.SkipLocked}");
            long other = await test.Database.WriteAsync(second => second.ScalarAsync<long>($"SELECT id FROM jobs ORDER BY id LIMIT 1 {second.Dialect.SkipLocked}"), default);
            Assert.Equal((1, 2), (mine, other));
        }, default);
    }

    [ContractFact]
    public async Task WorkThatMetAnotherTransactionIsDoneAgain()
    {
        await using TestDatabase test = await TestDatabase.PostgresAsync([new MigrationSet("counter", [new Migration(1, "counter", _ => "CREATE TABLE counter (value BIGINT); INSERT INTO counter VALUES (0)")])]);
        int runs = 0;
        await test.Database.WriteAsync(async session =>
        {
            await session.ExecuteAsync("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE");
            await session.ScalarAsync<long>("SELECT value FROM counter");
            if (runs++ == 0)
                await test.Database.WriteAsync(other => other.ExecuteAsync("UPDATE counter SET value = 10"), default);
            await session.ExecuteAsync("UPDATE counter SET value = value + 1");
        }, default);
        Assert.Equal((2, 11L), (runs, await test.Database.ReadAsync(session => session.ScalarAsync<long>("SELECT value FROM counter"), default)));
    }
}
