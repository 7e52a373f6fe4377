using Microsoft.Data.Sqlite;

namespace PhoneAgent.Server.Storage.Database;

/// <summary>A piece of work that waits for <see cref="SqliteWriter"/>. Answered once; what follows runs on a thread of its own.</summary>
internal abstract class SqliteWork
{
    private const int Waits = 0, HasStarted = 1, IsGivenUp = 2;

    private int _state = Waits;

    public abstract Task Done { get; }

    /// <summary>Its turn has come, perhaps not for the first time. False when whoever asked for it has given up.</summary>
    public bool TryStart() => Interlocked.CompareExchange(ref _state, HasStarted, Waits) != IsGivenUp;

    /// <summary>While it waits; what has begun sees its token by itself.</summary>
    public void GiveUp()
    {
        if (Interlocked.CompareExchange(ref _state, IsGivenUp, Waits) == Waits)
            Cancel();
    }

    /// <returns>What it failed with; null when its result waits for the commit.</returns>
    public abstract Task<Exception?> RunAsync(SqliteConnection connection, SqliteTransaction transaction);

    /// <summary>Its group is on the disk.</summary>
    public void Succeed()
    {
        // Whoever gave up is on the way to say so himself, and there is no result.
        if (Volatile.Read(ref _state) == HasStarted)
            Answer();
    }

    public abstract void Fail(Exception e);

    /// <summary>With the result. Of one that failed by itself nothing is kept, so this does not reach its asker.</summary>
    protected abstract void Answer();

    protected abstract void Cancel();
}

/// <inheritdoc/>
internal sealed class SqliteWork<T>(Func<SqlSession, Task<T>> write, CancellationToken cancellationToken) : SqliteWork
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public override Task<T> Done => _done.Task;

    public override async Task<Exception?> RunAsync(SqliteConnection connection, SqliteTransaction transaction)
    {
        try
        {
            _result = await write(new SqlSession(connection, transaction, SqlDialect.Sqlite, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    public override void Fail(Exception e)
    {
        if (e is OperationCanceledException cancelled)
            _done.TrySetCanceled(cancelled.CancellationToken);
        else
            _done.TrySetException(e);
    }

    protected override void Answer() => _done.TrySetResult(_result!);

    protected override void Cancel() => _done.TrySetCanceled(cancellationToken);
}
