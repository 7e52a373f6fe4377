namespace PhoneAgent.Server.Storage.Database;

/// <summary>Everything that this program keeps in a database: one line an area.</summary>
internal static class Schema
{
    public static readonly IReadOnlyList<MigrationSet> All =
    [
        Calls.CallMigrations.Set,
        Campaigns.CampaignMigrations.Set,
        Users.UserMigrations.Set,
        Api.ApiMigrations.Set,
        Webhooks.WebhookMigrations.Set,
    ];
}
