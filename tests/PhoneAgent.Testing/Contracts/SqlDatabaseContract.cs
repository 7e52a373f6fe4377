using System.Data.Common;
using PhoneAgent.Server.Storage.Database;
using PhoneAgent.Testing.Storage;
using Xunit;

namespace PhoneAgent.Testing.Contracts;

/// <summary>What every database does.</summary>
public abstract class SqlDatabaseContract
{
    private static readonly MigrationSet Things = new("things",
    [
        new Migration(1, "things", sql => $"CREATE TABLE things (id {sql.Identity}, name TEXT NOT NULL UNIQUE, seen_at BIGINT, took BIGINT, is_good BOOLEAN NOT NULL, bytes {sql.Bytes}); CREATE INDEX things_seen ON things (seen_at);"),
        new Migration(2, "counter", _ => "CREATE TABLE counter (value BIGINT NOT NULL); INSERT INTO counter VALUES (0);"),
    ]);

    internal abstract Task<TestDatabase> OpenAsync(params MigrationSet[] sets);

    [ContractFact]
    public async Task WhatIsWrittenIsReadAsItWas()
    {
        await using TestDatabase test = await OpenAsync(Things);
        var thing = new Thing { Name = "ä '%\"\n", SeenAt = new DateTimeOffset(2026, 3, 4, 5, 6, 7, 8, 9, TimeSpan.FromHours(2)), Took = TimeSpan.FromMicroseconds(62), IsGood = true, Bytes = [0, 255, 7] };
        await test.Database.WriteAsync(session => InsertAsync(session, thing), default);
        Thing read = Assert.Single(await test.Database.ReadAsync(session => session.QueryAsync<Thing>("SELECT * FROM things"), default));
        Assert.Equal((thing.Name, thing.SeenAt, thing.Took, thing.IsGood), (read.Name, read.SeenAt, read.Took, read.IsGood));
        Assert.Equal(TimeSpan.Zero, read.SeenAt!.Value.Offset);
        Assert.Equal(thing.Bytes, read.Bytes);
    }

    [ContractFact]
    public async Task NothingStaysNothing()
    {
        await using TestDatabase test = await OpenAsync(Things);
        await test.Database.WriteAsync(session => InsertAsync(session, new Thing { Name = "bare" }), default);
        Thing? read = await test.Database.ReadAsync(session => session.SingleAsync<Thing>("SELECT * FROM things WHERE name = @Name", new { Name = "bare" }), default);
        Assert.Equal((null, null, false, null), (read!.SeenAt, read.Took, read.IsGood, read.Bytes));
        Assert.Null(await test.Database.ReadAsync(session => session.SingleAsync<Thing>("SELECT * FROM things WHERE name = 'other'"), default));
    }

    [ContractFact]
    public async Task AnInsertThatIsThereAlreadyUpdatesAndTellsItsKey()
    {
        await using TestDatabase test = await OpenAsync(Things);
        const string upsert = "INSERT INTO things (name, is_good) VALUES (@Name, @IsGood) ON CONFLICT (name) DO UPDATE SET is_good = excluded.is_good RETURNING id";
        long first = await test.Database.WriteAsync(session => session.ScalarAsync<long>(upsert, new { Name = "a", IsGood = false }), default);
        long second = await test.Database.WriteAsync(session => session.ScalarAsync<long>(upsert, new { Name = "a", IsGood = true }), default);
        Assert.Equal(first, second);
        Assert.True(await test.Database.ReadAsync(session => session.ScalarAsync<bool>("SELECT is_good FROM things WHERE id = @first", new { first }), default));
    }

    [ContractFact]
    public async Task WorkThatFailsTakesNoNeighbourAlong()
    {
        await using TestDatabase test = await OpenAsync(Things);
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task first = test.Database.WriteAsync(async session =>
        {
            await begin.Task;
            await InsertAsync(session, new Thing { Name = "first" });
        }, default);
        Task[] others = [.. Enumerable.Range(0, 9).Select(i => test.Database.WriteAsync(async session =>
        {
            await InsertAsync(session, new Thing { Name = $"thing {i}" });
            if (i % 3 == 1)
                await InsertAsync(session, new Thing { Name = $"thing {i}" });
            if (i % 3 == 2)
                throw new InvalidOperationException("a defect");
        }, default))];
        begin.SetResult();
        await first;
        for (int i = 0; i < others.Length; i++)
        {
            Exception? failure = await Record.ExceptionAsync(() => others[i]);
            Assert.True((i % 3) switch { 0 => failure is null, 1 => failure is DbException, _ => failure is InvalidOperationException }, $"{i}: {failure}");
        }
        Assert.Equal(["first", "thing 0", "thing 3", "thing 6"],
            await test.Database.ReadAsync(session => session.QueryAsync<string>("SELECT name FROM things ORDER BY name"), default));
    }

    [ContractFact]
    public async Task WorkThatFailsLeavesNothing()
    {
        await using TestDatabase test = await OpenAsync(Things);
        await Assert.ThrowsAnyAsync<DbException>(() => test.Database.WriteAsync(async session =>
        {
            await InsertAsync(session, new Thing { Name = "twice" });
            await InsertAsync(session, new Thing { Name = "twice" });
        }, default));
        Assert.Equal(0, await test.Database.ReadAsync(session => session.ScalarAsync<long>("SELECT COUNT(*) FROM things"), default));
    }

    [ContractFact]
    public async Task WritersAtTheSameTimeLoseNothing()
    {
        await using TestDatabase test = await OpenAsync(Things);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => test.Database.WriteAsync(async session =>
        {
            long value = await session.ScalarAsync<long>($"SELECT value FROM counter {session.Dialect.ForUpdate}");
            await session.ExecuteAsync("UPDATE counter SET value = @next", new { next = value + 1 });
        }, default)));
        Assert.Equal(20, await test.Database.ReadAsync(session => session.ScalarAsync<long>("SELECT value FROM counter"), default));
    }

    [ContractFact]
    public async Task AReaderIsNotHeldUpByAWriter()
    {
        await using TestDatabase test = await OpenAsync(Things);
        await test.Database.WriteAsync(async session =>
        {
            await InsertAsync(session, new Thing { Name = "unfinished" });
            Assert.Equal(0, await test.Database.ReadAsync(reader => reader.ScalarAsync<long>("SELECT COUNT(*) FROM things"), default));
        }, default);
    }

    [ContractFact]
    public async Task StepsAreDoneOnceAlsoWhenManyBeginTogether()
    {
        await using TestDatabase test = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => test.Database.MigrateAsync([Things], new VirtualTime(), default)));
        IReadOnlyList<string> done = await test.Database.ReadAsync(session => session.QueryAsync<string>("SELECT name FROM migrations ORDER BY number"), default);
        Assert.Equal(["things", "counter"], done);
    }

    [ContractFact]
    public async Task AStepThatIsNewIsDoneLater()
    {
        await using TestDatabase test = await OpenAsync(Things with { Steps = [Things.Steps[0]] });
        await test.Database.WriteAsync(session => InsertAsync(session, new Thing { Name = "kept" }), default);
        await test.Database.MigrateAsync([Things], new VirtualTime(), default);
        Assert.Equal(1, await test.Database.ReadAsync(session => session.ScalarAsync<long>("SELECT COUNT(*) FROM things, counter"), default));
    }

    [ContractFact]
    public async Task AStepThatFailsChangesNothingAndSaysSo()
    {
        await using TestDatabase test = await OpenAsync();
        var broken = new MigrationSet("broken", [new Migration(1, "half", _ => "CREATE TABLE half (id BIGINT); CREATE TABEL oops;")]);
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => test.Database.MigrateAsync([broken], new VirtualTime(), default));
        Assert.Contains(test.Database.Place, e.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<DbException>(() => test.Database.ReadAsync(session => session.ScalarAsync<long>("SELECT COUNT(*) FROM half"), default));
    }

    [ContractFact]
    public async Task ADatabaseOfANewerProgramIsRefused()
    {
        await using TestDatabase test = await OpenAsync(Things);
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => test.Database.MigrateAsync([Things with { Steps = [Things.Steps[0]] }], new VirtualTime(), default));
        Assert.Contains("things 2", e.Message, StringComparison.Ordinal);
        Assert.Contains("newer PhoneAgent", e.Message, StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task TheTablesOfThisProgramCanBeMade()
    {
        await using TestDatabase test = await OpenAsync([.. Schema.All]);
        Assert.Equal(0, await test.Database.ReadAsync(session => session.ScalarAsync<long>("SELECT COUNT(*) FROM calls"), default));
        Assert.Contains(test.Database.Dialect.Name, await test.Database.VersionAsync(default), StringComparison.Ordinal);
    }

    private static Task<int> InsertAsync(SqlSession session, Thing thing) =>
        session.ExecuteAsync("INSERT INTO things (name, seen_at, took, is_good, bytes) VALUES (@Name, @SeenAt, @Took, @IsGood, @Bytes)", thing);

    private sealed record Thing
    {
        public required string Name { get; init; }
        public DateTimeOffset? SeenAt { get; init; }
        public TimeSpan? Took { get; init; }
        public bool IsGood { get; init; }
        public byte[]? Bytes { get; init; }
    }
}
