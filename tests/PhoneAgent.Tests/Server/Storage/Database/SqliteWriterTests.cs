using PhoneAgent.Server.Storage.Database;
using PhoneAgent.Testing.Storage;
using Xunit;

namespace PhoneAgent.Tests.Server.Storage.Database;

/// <summary>Writers who wait while another works are in one group with him: they have all asked before he goes on.</summary>
public sealed class SqliteWriterTests
{
    private static readonly MigrationSet Names = new("names", [new Migration(1, "names", _ => "CREATE TABLE names (name TEXT NOT NULL)")]);

    [Fact]
    public async Task ACrashLeavesAllOfAGroupOrNothingAndNobodyIsToldBefore()
    {
        await using TestDatabase test = await TestDatabase.SqliteAsync([Names]);
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        List<Task> group = [AddAsync(test, "first", begin.Task)];
        group.AddRange(Enumerable.Range(0, 5).Select(i => AddAsync(test, $"name {i}")));
        // The last of the group looks at the disk as a crash would leave it now.
        Task<(bool, long)> last = test.Database.WriteAsync(async _ => (group.Exists(one => one.IsCompleted), await CountAfterCrashAsync(test)), default);
        begin.SetResult();
        Assert.Equal((false, 0L), await last);
        await Task.WhenAll(group);
        Assert.Equal(6, await CountAfterCrashAsync(test));
    }

    [Fact]
    public async Task WhatSqliteTakesBackWithAnothersFailureIsDoneAgain()
    {
        await using TestDatabase test = await TestDatabase.SqliteAsync([Names]);
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task first = AddAsync(test, "first", begin.Task);
        // What SQLite does by itself when memory or the disk fails in the middle.
        Task broken = test.Database.WriteAsync(async session =>
        {
            await session.ExecuteAsync("INSERT INTO names VALUES ('broken')");
            await session.ExecuteAsync("ROLLBACK");
            throw new IOException("the disk");
        }, default);
        Task last = AddAsync(test, "last");
        begin.SetResult();
        await Assert.ThrowsAsync<IOException>(() => broken);
        await Task.WhenAll(first, last);
        Assert.Equal(["first", "last"], await test.Database.ReadAsync(session => session.QueryAsync<string>("SELECT name FROM names ORDER BY name"), default));
    }

    [Fact]
    public async Task WhoGivesUpWaitingIsNotWritten()
    {
        await using TestDatabase test = await TestDatabase.SqliteAsync([Names]);
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var cancel = new CancellationTokenSource();
        Task first = AddAsync(test, "first", begin.Task);
        Task impatient = test.Database.WriteAsync(session => session.ExecuteAsync("INSERT INTO names VALUES ('impatient')"), cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        Assert.False(first.IsCompleted);
        begin.SetResult();
        await first;
        Assert.Equal(1, await CountAfterCrashAsync(test));
    }

    private static Task AddAsync(TestDatabase test, string name, Task? when = null) => test.Database.WriteAsync(async session =>
    {
        await (when ?? Task.CompletedTask);
        await session.ExecuteAsync("INSERT INTO names VALUES (@name)", new { name });
    }, default);

    /// <summary>The files as they are, without what is in the memory of the process.</summary>
    private static async Task<long> CountAfterCrashAsync(TestDatabase test)
    {
        string folder = Directory.CreateTempSubdirectory("crash-").FullName;
        string file = Path.Combine(folder, "copy.db");
        File.Copy(test.Database.Place, file);
        if (File.Exists(test.Database.Place + "-wal"))
            File.Copy(test.Database.Place + "-wal", file + "-wal");
        await using (var copy = new SqliteDatabase(file))
        {
            long count = await copy.ReadAsync(session => session.ScalarAsync<long>("SELECT COUNT(*) FROM names"), default);
            await copy.DisposeAsync();
            Directory.Delete(folder, recursive: true);
            return count;
        }
    }
}
