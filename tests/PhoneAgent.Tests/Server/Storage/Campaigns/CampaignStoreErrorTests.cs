using Microsoft.Data.Sqlite;
using PhoneAgent.Campaigns;
using PhoneAgent.Server.Storage.Campaigns;
using PhoneAgent.Server.Storage.Database;
using PhoneAgent.Testing.Storage;
using Xunit;

namespace PhoneAgent.Tests.Server.Storage.Campaigns;

public sealed class CampaignStoreErrorTests
{
    [Fact]
    public async Task AFileWithoutTablesIsNamed()
    {
        await using TestDatabase test = await TestDatabase.SqliteAsync([]);
        CampaignStoreException e = await Assert.ThrowsAsync<CampaignStoreException>(() => new CampaignStore(test.Database, TimeProvider.System).ListAsync(default));
        Assert.StartsWith($"{test.Database.Place}: reading the campaigns failed: SQLite Error 1: 'no such table: campaigns'.", e.Message, StringComparison.Ordinal);
        Assert.IsType<SqliteException>(e.InnerException);
    }

    [Fact]
    public async Task AFileThatIsBrokenAsksForTheBackup()
    {
        await using TestDatabase test = await TestDatabase.SqliteAsync();
        string file = Path.Combine(Path.GetDirectoryName(test.Database.Place)!, "broken.db");
        await File.WriteAllTextAsync(file, new string('x', 5000));
        await using var broken = new SqliteDatabase(file);
        CampaignStoreException e = await Assert.ThrowsAsync<CampaignStoreException>(() => new DoNotCallStore(broken, TimeProvider.System).ListsAsync(default));
        Assert.StartsWith(file, e.Message, StringComparison.Ordinal);
        Assert.EndsWith("Put the newest backup in its place.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatToDoIsSaidForEachKindOfTrouble()
    {
        Assert.Contains("Free space", DatabaseTrouble.Advice(new SqliteException("full", 13)), StringComparison.Ordinal);
        Assert.Contains("belong to the user", DatabaseTrouble.Advice(new SqliteException("read-only", 8)), StringComparison.Ordinal);
        Assert.Contains("max_connections", DatabaseTrouble.Advice(Postgres("53300")), StringComparison.Ordinal);
        Assert.Contains("standby", DatabaseTrouble.Advice(Postgres("25006")), StringComparison.Ordinal);
        Assert.Contains("user, password", DatabaseTrouble.Advice(Postgres("28P01")), StringComparison.Ordinal);
        Assert.Contains("report", DatabaseTrouble.Advice(Postgres("42601")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("40001", true)]
    [InlineData("40P01", true)]
    [InlineData("57P01", true)]
    [InlineData("57P03", true)]
    [InlineData("08006", true)]
    [InlineData("53100", false)]
    [InlineData("23505", false)]
    [InlineData("42601", false)]
    [InlineData("28P01", false)]
    public void OnlyWhatMayPassIsTriedAgain(string sqlState, bool isOfTheMoment) => Assert.Equal(isOfTheMoment, DatabaseTrouble.IsOfTheMoment(Postgres(sqlState)));

    [Theory]
    [InlineData(5, true)]
    [InlineData(6, true)]
    [InlineData(11, false)]
    [InlineData(13, false)]
    [InlineData(19, false)]
    public void OnlyABusyFileIsTriedAgain(int code, bool isOfTheMoment) => Assert.Equal(isOfTheMoment, DatabaseTrouble.IsOfTheMoment(new SqliteException("x", code)));

    private static Npgsql.PostgresException Postgres(string sqlState) => new("message", "ERROR", "ERROR", sqlState);
}
