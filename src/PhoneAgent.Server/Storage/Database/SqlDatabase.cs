using System.Data.Common;

namespace PhoneAgent.Server.Storage.Database;

/// <summary>
/// The one seam between what is stored and where: SQLite or PostgreSQL. Thread-safe. What fails while it works is a
/// <see cref="DbException"/>; nothing here waits on a media thread or a session's loop, so call it from neither without awaiting.
/// </summary>
internal abstract class SqlDatabase : IAsyncDisposable
{
    public abstract SqlDialect Dialect { get; }

    /// <summary>Which database, for messages; without a password.</summary>
    public abstract string Place { get; }

    /// <summary>Its version, for messages. Connects.</summary>
    /// <exception cref="StorageException">It cannot be opened.</exception>
    public abstract Task<string> VersionAsync(CancellationToken cancellationToken);

    /// <summary>Reads; several at the same time.</summary>
    public abstract Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> read, CancellationToken cancellationToken);

    /// <summary>
    /// Writes in one transaction: all of it is on the disk when this returns, or nothing. The work may run again when another
    /// transaction was in its way, so it changes nothing but the database.
    /// </summary>
    public abstract Task<T> WriteAsync<T>(Func<SqlSession, Task<T>> write, CancellationToken cancellationToken);

    /// <inheritdoc cref="WriteAsync{T}"/>
    public Task WriteAsync(Func<SqlSession, Task> write, CancellationToken cancellationToken) => WriteAsync(async session =>
    {
        await write(session).ConfigureAwait(false);
        return true;
    }, cancellationToken);

    /// <summary>Brings the tables to this program's version. Several programs may start at once: one does it, the others wait.</summary>
    /// <exception cref="StorageException">It cannot be opened, or a newer program has changed it.</exception>
    public async Task MigrateAsync(IReadOnlyList<MigrationSet> sets, TimeProvider time, CancellationToken cancellationToken)
    {
        await VersionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await WriteAsync(async session =>
            {
                await LockMigrationsAsync(session).ConfigureAwait(false);
                await new Migrator(session, Place).RunAsync(sets, time).ConfigureAwait(false);
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException e)
        {
            throw new StorageException($"{Place}: the tables cannot be brought up to date: {e.Message}", e);
        }
    }

    /// <summary>Held until the transaction ends.</summary>
    protected abstract Task LockMigrationsAsync(SqlSession session);

    public abstract ValueTask DisposeAsync();
}
