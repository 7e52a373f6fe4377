using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Tests.Server.Storage.Campaigns;

/// <summary>A database whose connection breaks while it commits: the next write is on the disk, and nobody is told.</summary>
internal sealed class BreakingDatabase(SqlDatabase inner) : SqlDatabase
{
    /// <summary>How many of the next writes are committed and not confirmed.</summary>
    public int Unconfirmed { get; set; }

    public override SqlDialect Dialect => inner.Dialect;

    public override string Place => inner.Place;

    public override Task<string> VersionAsync(CancellationToken cancellationToken) => inner.VersionAsync(cancellationToken);

    public override Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> read, CancellationToken cancellationToken) => inner.ReadAsync(read, cancellationToken);

    public override async Task<T> WriteAsync<T>(Func<SqlSession, Task<T>> write, CancellationToken cancellationToken)
    {
        T result = await inner.WriteAsync(write, cancellationToken);
        if (Unconfirmed <= 0)
            return result;
        Unconfirmed--;
        throw new IOException("connection reset");
    }

    protected override Task LockMigrationsAsync(SqlSession session) => Task.CompletedTask;

    public override ValueTask DisposeAsync() => inner.DisposeAsync();
}
