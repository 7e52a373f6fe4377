using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Webhooks;

/// <summary>The tables of <see cref="WebhookOutbox"/>.</summary>
internal static class WebhookMigrations
{
    public static readonly MigrationSet Set = new("webhooks", [new Migration(1, "outbox", First), new Migration(2, "calls that have begun", Second), new Migration(3, "forgetting", Third)]);

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

    private static string Second(SqlDialect sql) => """
        CREATE TABLE webhook_calls (
            call_id TEXT PRIMARY KEY,
            node TEXT NOT NULL,
            about TEXT NOT NULL
        );
        CREATE INDEX webhook_calls_node ON webhook_calls (node);
        """;

    private static string Third(SqlDialect sql) => """
        ALTER TABLE webhook_calls ADD COLUMN began_at BIGINT NOT NULL DEFAULT 0;
        CREATE INDEX webhook_outbox_of_call ON webhook_outbox (call_id);
        """;
}
