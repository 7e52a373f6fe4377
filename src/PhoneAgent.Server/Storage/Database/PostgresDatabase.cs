using Npgsql;

namespace PhoneAgent.Server.Storage.Database;

/// <summary>A PostgreSQL server, for several machines.</summary>
internal sealed class PostgresDatabase : SqlDatabase
{
    // "PhoneAgen" in ASCII; any number would do as long as it stays the same.
    private const long MigrationLock = 0x50686f6e65416765;
    private const int MaxAttempts = 8;

    private readonly NpgsqlDataSource _source;

    /// <param name="connectionString">Npgsql's: Host, Port, Database, Username …</param>
    /// <param name="password">Goes over that of the connection string; null for none.</param>
    public PostgresDatabase(string connectionString, string? password)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "phoneagent", IncludeErrorDetail = false };
        if (!string.IsNullOrEmpty(password))
            builder.Password = password;
        _source = NpgsqlDataSource.Create(builder);
        Place = $"{builder.Host}:{builder.Port}/{builder.Database ?? builder.Username}";
    }

    /// <summary>Whether Npgsql can read a connection string.</summary>
    public static bool Understands(string connectionString, out string? problem)
    {
        try
        {
            problem = new NpgsqlConnectionStringBuilder(connectionString).Host is null ? "Host is missing." : null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            problem = e.Message;
        }
        return problem is null;
    }

    public override SqlDialect Dialect => SqlDialect.Postgres;

    public override string Place { get; }

    public override async Task<string> VersionAsync(CancellationToken cancellationToken)
    {
        try
        {
            NpgsqlConnection connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
                return $"PostgreSQL {connection.PostgreSqlVersion}";
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw new StorageException($"{Place} (storage.postgres) cannot be reached: {e.Message} Check the server, the user and the password (PHONEAGENT__STORAGE__PASSWORD).", e);
        }
    }

    public override async Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> read, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
            return await read(new SqlSession(connection, null, Dialect, cancellationToken)).ConfigureAwait(false);
    }

    public override async Task<T> WriteAsync<T>(Func<SqlSession, Task<T>> write, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await TransactAsync(write, cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException e) when (attempt < MaxAttempts && e.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected)
            {
                // The other transaction has been let through; ours is as if it had never been.
            }
        }
    }

    protected override Task LockMigrationsAsync(SqlSession session) =>
        session.ExecuteAsync("SELECT pg_advisory_xact_lock(@Key)", new { Key = MigrationLock });

    private async Task<T> TransactAsync<T>(Func<SqlSession, Task<T>> write, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                T result = await write(new SqlSession(connection, transaction, Dialect, cancellationToken)).ConfigureAwait(false);
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                return result;
            }
        }
    }

    public override ValueTask DisposeAsync() => _source.DisposeAsync();
}
