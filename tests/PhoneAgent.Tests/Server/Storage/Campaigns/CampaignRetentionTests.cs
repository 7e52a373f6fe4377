using PhoneAgent.Testing.Contracts.Campaigns;
using PhoneAgent.Testing.Storage;

namespace PhoneAgent.Tests.Server.Storage.Campaigns;

public sealed class SqliteCampaignRetentionTests : CampaignRetentionContract
{
    internal override Task<TestDatabase> OpenAsync() => TestDatabase.SqliteAsync();
}

[RequiresPostgres]
public sealed class PostgresCampaignRetentionTests : CampaignRetentionContract
{
    internal override Task<TestDatabase> OpenAsync() => TestDatabase.PostgresAsync();
}
