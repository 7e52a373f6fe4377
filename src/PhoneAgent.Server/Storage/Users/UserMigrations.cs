using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Users;

/// <summary>The tables of <see cref="IUserStore"/>.</summary>
internal static class UserMigrations
{
    public static readonly MigrationSet Set = new("users", [new Migration(1, "users, keys, ended sessions", First)]);

    private static string First(SqlDialect sql) => """
        CREATE TABLE users (
            name_key TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            role TEXT NOT NULL,
            password_hash TEXT NOT NULL,
            stamp TEXT NOT NULL
        );
        CREATE TABLE api_keys (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            hash TEXT NOT NULL,
            scopes TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            last_used_at BIGINT
        );
        CREATE TABLE ended_sessions (
            id TEXT PRIMARY KEY,
            ends_at BIGINT NOT NULL
        );
        CREATE TABLE users_version (id INTEGER PRIMARY KEY, version BIGINT NOT NULL);
        INSERT INTO users_version (id, version) VALUES (1, 1);
        """;
}
