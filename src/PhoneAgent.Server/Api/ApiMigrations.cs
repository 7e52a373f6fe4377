using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Api;

/// <summary>The tables of <see cref="IdempotencyStore"/>.</summary>
internal static class ApiMigrations
{
    public static readonly MigrationSet Set = new("api", [new Migration(1, "answers that are given again", First)]);

    private static string First(SqlDialect sql) => $"""
        CREATE TABLE api_answers (
            owner TEXT PRIMARY KEY,
            hash TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            status INTEGER,
            content_type TEXT,
            location TEXT,
            body {sql.Bytes}
        );
        CREATE INDEX api_answers_created_at ON api_answers (created_at);
        """;
}
