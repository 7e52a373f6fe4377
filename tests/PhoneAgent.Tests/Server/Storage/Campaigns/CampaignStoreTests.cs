using PhoneAgent.Server.Storage.Campaigns;
using PhoneAgent.Testing.Contracts.Campaigns;
using PhoneAgent.Testing.Storage;

namespace PhoneAgent.Tests.Server.Storage.Campaigns;

internal static class CampaignWorlds
{
    public static async Task<CampaignStoreWorld> SqliteAsync() => World(await TestDatabase.SqliteAsync());

    public static async Task<CampaignStoreWorld> PostgresAsync() => World(await TestDatabase.PostgresAsync());

    private static CampaignStoreWorld World(TestDatabase test) =>
        new(new CampaignStore(test.Database, TimeProvider.System), new DoNotCallStore(test.Database, TimeProvider.System), test);
}

public sealed class SqliteCampaignStoreTests : CampaignStoreContract
{
    protected override Task<CampaignStoreWorld> OpenAsync() => CampaignWorlds.SqliteAsync();
}

[RequiresPostgres]
public sealed class PostgresCampaignStoreTests : CampaignStoreContract
{
    protected override Task<CampaignStoreWorld> OpenAsync() => CampaignWorlds.PostgresAsync();
}

public sealed class SqliteAttemptTests : AttemptContract
{
    protected override Task<CampaignStoreWorld> OpenAsync() => CampaignWorlds.SqliteAsync();
}

[RequiresPostgres]
public sealed class PostgresAttemptTests : AttemptContract
{
    protected override Task<CampaignStoreWorld> OpenAsync() => CampaignWorlds.PostgresAsync();
}

public sealed class SqliteTakeBackTests : TakeBackContract
{
    protected override Task<CampaignStoreWorld> OpenAsync() => CampaignWorlds.SqliteAsync();
}

[RequiresPostgres]
public sealed class PostgresTakeBackTests : TakeBackContract
{
    protected override Task<CampaignStoreWorld> OpenAsync() => CampaignWorlds.PostgresAsync();
}

public sealed class SqliteDoNotCallTests : DoNotCallListContract
{
    protected override Task<CampaignStoreWorld> OpenAsync() => CampaignWorlds.SqliteAsync();
}

[RequiresPostgres]
public sealed class PostgresDoNotCallTests : DoNotCallListContract
{
    protected override Task<CampaignStoreWorld> OpenAsync() => CampaignWorlds.PostgresAsync();
}
