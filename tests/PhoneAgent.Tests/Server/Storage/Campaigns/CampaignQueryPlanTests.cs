using PhoneAgent.Campaigns;
using PhoneAgent.Server.Storage.Campaigns;
using PhoneAgent.Server.Storage.Database;
using PhoneAgent.Testing.Contracts;
using PhoneAgent.Testing.Contracts.Campaigns;
using PhoneAgent.Testing.Storage;
using Xunit;

namespace PhoneAgent.Tests.Server.Storage.Campaigns;

/// <summary>What is asked at every call finds its rows by an index, in both databases.</summary>
public abstract class CampaignQueryPlanTests
{
    private static readonly object Values = new { campaignId = "spring", now = DateTimeOffset.UnixEpoch, until = DateTimeOffset.UnixEpoch, limit = 5, node = "n1", Value = "+4930", after = "" };

    private const int Contacts = 2_000;

    internal abstract Task<TestDatabase> OpenAsync();

    private protected abstract Task<IReadOnlyList<string>> ExplainAsync(SqlSession session, string sql, object values);

    [ContractFact]
    public async Task HotQueriesUseTheirIndexes()
    {
        await using TestDatabase test = await OpenAsync();
        await FillAsync(test.Database);
        (string Sql, string[] Indexes)[] hot =
        [
            (Leases.Take(test.Database.Dialect), ["campaign_contacts_due"]),
            (Leases.Renew, ["campaign_contacts_node"]),
            (Leases.GiveExpired, ["campaign_contacts_expiry"]),
            (AttemptBegin.LastCall, ["campaign_attempts_number"]),
            (CampaignCounts.Counts(isOne: true), ["campaign_contacts_counts", "campaign_attempts_outcome"]),
            ("SELECT id FROM campaign_contacts WHERE number = @Value", ["campaign_contacts_number"]),
        ];
        foreach ((string sql, string[] indexes) in hot)
        {
            string plan = string.Join('\n', await test.Database.WriteAsync(session => ExplainAsync(session, sql, Values), default));
            Assert.All(indexes, index => Assert.True(plan.Contains(index, StringComparison.Ordinal), $"{index} is not used:\n{plan}\nfor {sql}"));
        }
    }

    // A planner takes any index of an empty table: half of these contacts are leased, by fifty nodes.
    private static async Task FillAsync(SqlDatabase database)
    {
        var store = new CampaignStore(database, TimeProvider.System);
        await store.CreateAsync(new Campaign { Id = "spring", Agent = "front-desk", Definition = "", CreatedAt = DateTimeOffset.UnixEpoch }, default);
        await store.ImportAsync("spring", Enumerable.Range(0, Contacts).Select(index => CampaignStoreWorld.New(index)), DateTimeOffset.UnixEpoch, default);
        await database.WriteAsync(session => session.ExecuteAsync(
            "UPDATE campaign_contacts SET state = 'Leased', lease_node = 'n' || (id % 50), lease_expires_at = id WHERE id % 2 = 0"), default);
    }
}

public sealed class SqliteCampaignQueryPlanTests : CampaignQueryPlanTests
{
    internal override Task<TestDatabase> OpenAsync() => TestDatabase.SqliteAsync();

    private protected override async Task<IReadOnlyList<string>> ExplainAsync(SqlSession session, string sql, object values) =>
        [.. (await session.QueryAsync<Step>("EXPLAIN QUERY PLAN " + sql, values)).Select(step => step.Detail)];

    private sealed record Step
    {
        public required string Detail { get; init; }
    }
}

[RequiresPostgres]
public sealed class PostgresCampaignQueryPlanTests : CampaignQueryPlanTests
{
    internal override Task<TestDatabase> OpenAsync() => TestDatabase.PostgresAsync();

    // A small table is read whole, whatever indexes it has: here it must not be.
    private protected override async Task<IReadOnlyList<string>> ExplainAsync(SqlSession session, string sql, object values)
    {
        await session.ExecuteAsync("ANALYZE campaign_contacts, campaign_attempts; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off");
        return await session.QueryAsync<string>("EXPLAIN " + sql, values);
    }
}
