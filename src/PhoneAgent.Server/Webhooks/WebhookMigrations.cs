using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Webhooks;

/// <summary>The table of <see cref="WebhookOutbox"/>.</summary>
internal static class WebhookMigrations
{
    public static readonly MigrationSet Set = new("webhooks", [new Migration(1, "outbox", First)]);

    private static string First(SqlDialect sql) => $"""
        CREATE TABLE webhook_outbox (
            id {sql.Identity},
            hook TEXT NOT NULL,
            call_id TEXT NOT NULL,
            event_id TEXT NOT NULL,
            body {sql.Bytes} NOT NULL,
            created_at BIGINT NOT NULL,
            next_at BIGINT NOT NULL,
            attempts INTEGER NOT NULL
        );
        CREATE INDEX webhook_outbox_call ON webhook_outbox (hook, call_id, id);
        CREATE INDEX webhook_outbox_due ON webhook_outbox (hook, next_at);
        """;
}
