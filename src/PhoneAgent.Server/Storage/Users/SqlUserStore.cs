using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Users;

/// <summary>
/// <see cref="IUserStore"/> on SQLite and PostgreSQL. Every change counts a version up, whose row is also the lock behind which
/// changes queue; so servers see with one small query that there is something new.
/// </summary>
internal sealed class SqlUserStore(SqlDatabase database) : IUserStore
{
    private const string NextVersion = "UPDATE users_version SET version = version + 1 WHERE id = 1";

    public Task<Accounts?> ReadAsync(long knownVersion, CancellationToken cancellationToken) => database.ReadAsync(async session =>
    {
        // The version first: what changes while the rest is read is read again.
        long version = await VersionAsync(session, "").ConfigureAwait(false);
        return version == knownVersion ? null : await RowsAsync(session, version).ConfigureAwait(false);
    }, cancellationToken);

    public Task<Accounts?> UpdateAsync(Func<Accounts, Accounts?> change, CancellationToken cancellationToken) => database.WriteAsync(async session =>
    {
        long version = await VersionAsync(session, session.Dialect.ForUpdate).ConfigureAwait(false);
        Accounts before = await RowsAsync(session, version).ConfigureAwait(false);
        if (change(before) is not { } after)
            return null;
        await WriteUsersAsync(session, before, after).ConfigureAwait(false);
        await WriteKeysAsync(session, before, after).ConfigureAwait(false);
        await session.ExecuteAsync(NextVersion).ConfigureAwait(false);
        return after with { Version = version + 1 };
    }, cancellationToken);

    public Task KeysUsedAsync(IReadOnlyDictionary<string, DateTimeOffset> uses, CancellationToken cancellationToken) => database.WriteAsync(async session =>
    {
        await session.ExecuteAsync(NextVersion).ConfigureAwait(false);
        foreach ((string id, DateTimeOffset at) in uses)
            await session.ExecuteAsync("UPDATE api_keys SET last_used_at = @at WHERE id = @id AND (last_used_at IS NULL OR last_used_at < @at)", new { id, at }).ConfigureAwait(false);
    }, cancellationToken);

    public Task EndSessionAsync(string session, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken) => database.WriteAsync(async work =>
    {
        await work.ExecuteAsync(NextVersion).ConfigureAwait(false);
        await work.ExecuteAsync("DELETE FROM ended_sessions WHERE ends_at < @now", new { now }).ConfigureAwait(false);
        await work.ExecuteAsync("INSERT INTO ended_sessions (id, ends_at) VALUES (@session, @until) ON CONFLICT (id) DO NOTHING", new { session, until }).ConfigureAwait(false);
    }, cancellationToken);

    private static async Task<long> VersionAsync(SqlSession session, string forUpdate) =>
        await session.ScalarAsync<long>($"SELECT version FROM users_version WHERE id = 1 {forUpdate}").ConfigureAwait(false);

    private static async Task<Accounts> RowsAsync(SqlSession session, long version)
    {
        IReadOnlyList<UserRow> users = await session.QueryAsync<UserRow>("SELECT name, role, password_hash, stamp FROM users ORDER BY name_key").ConfigureAwait(false);
        IReadOnlyList<KeyRow> keys = await session.QueryAsync<KeyRow>("SELECT id, name, hash, scopes, created_at, last_used_at FROM api_keys ORDER BY created_at, id").ConfigureAwait(false);
        IReadOnlyList<string> ended = await session.QueryAsync<string>("SELECT id FROM ended_sessions").ConfigureAwait(false);
        return new Accounts { Version = version, Users = [.. users.Select(row => row.ToUser())], Keys = [.. keys.Select(row => row.ToKey())], EndedSessions = ended.ToHashSet() };
    }

    private static async Task WriteUsersAsync(SqlSession session, Accounts before, Accounts after)
    {
        foreach (UserAccount gone in before.Users.Where(user => after.FindUser(user.Name) is null))
            await session.ExecuteAsync("DELETE FROM users WHERE name_key = @key", new { key = KeyOf(gone) }).ConfigureAwait(false);
        foreach (UserAccount user in after.Users.Except(before.Users))
            await session.ExecuteAsync("""
                INSERT INTO users (name_key, name, role, password_hash, stamp) VALUES (@key, @Name, @Role, @PasswordHash, @Stamp)
                ON CONFLICT (name_key) DO UPDATE SET name = excluded.name, role = excluded.role, password_hash = excluded.password_hash, stamp = excluded.stamp
                """, new { key = KeyOf(user), user.Name, Role = user.Role.ToString(), user.PasswordHash, user.Stamp }).ConfigureAwait(false);
    }

    private static async Task WriteKeysAsync(SqlSession session, Accounts before, Accounts after)
    {
        HashSet<string> kept = [.. after.Keys.Select(key => key.Id)], known = [.. before.Keys.Select(key => key.Id)];
        foreach (string id in known.Except(kept))
            await session.ExecuteAsync("DELETE FROM api_keys WHERE id = @id", new { id }).ConfigureAwait(false);
        foreach (ApiKey key in after.Keys.Where(key => !known.Contains(key.Id)))
            await session.ExecuteAsync("INSERT INTO api_keys (id, name, hash, scopes, created_at, last_used_at) VALUES (@Id, @Name, @Hash, @scopes, @CreatedAt, @LastUsedAt)",
                new { key.Id, key.Name, key.Hash, scopes = string.Join(' ', key.Scopes.Select(ApiScopes.Name)), key.CreatedAt, key.LastUsedAt }).ConfigureAwait(false);
    }

    private static string KeyOf(UserAccount user) => user.Name.ToUpperInvariant();

    private sealed record UserRow
    {
        public required string Name { get; init; }
        public required string Role { get; init; }
        public required string PasswordHash { get; init; }
        public required string Stamp { get; init; }

        public UserAccount ToUser() => new(Name, Enum.Parse<Role>(Role), PasswordHash, Stamp);
    }

    private sealed record KeyRow
    {
        public required string Id { get; init; }
        public required string Name { get; init; }
        public required string Hash { get; init; }
        public required string Scopes { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset? LastUsedAt { get; init; }

        // A scope that a later version has added is one that this version does not grant.
        public ApiKey ToKey() => new(Id, Name, Hash, [.. Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(name => ApiScopes.TryParse(name, out _)).Select(Parse)], CreatedAt, LastUsedAt);

        private static ApiScope Parse(string name) => ApiScopes.TryParse(name, out ApiScope scope) ? scope : throw new FormatException(name);
    }
}
