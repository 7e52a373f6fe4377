using Microsoft.Data.Sqlite;

namespace PhoneAgent.Server.Storage.Database;

/// <summary>
/// The one writer of a file. A disk confirms some hundred commits a second, whatever is in them; so all who wait while one commit
/// reaches the disk share the next. Each piece of work has a savepoint: one that fails takes back itself and not its neighbours.
/// What succeeded is answered after the commit. Thread-safe.
/// </summary>
internal sealed class SqliteWriter(Func<SqliteConnection> open) : IAsyncDisposable
{
    // So that the first of them does not wait for ever.
    private const int MostAtOnce = 100;
    private const string Savepoint = "work";

    private readonly Lock _lock = new();
    private readonly Queue<SqliteWork> _waiting = new();
    private Task _running = Task.CompletedTask;
    private bool _isRunning;

    /// <summary>Returns when it is on the disk.</summary>
    /// <param name="cancellationToken">Gives up waiting, or the work; what is done is kept.</param>
    public async Task<T> WriteAsync<T>(Func<SqlSession, Task<T>> write, CancellationToken cancellationToken)
    {
        var work = new SqliteWork<T>(write, cancellationToken);
        lock (_lock)
        {
            _waiting.Enqueue(work);
            if (!_isRunning)
            {
                _isRunning = true;
                // SQLite's calls are synchronous, whatever their names say.
                _running = Task.Run(RunAsync, CancellationToken.None);
            }
        }
        using CancellationTokenRegistration givingUp = cancellationToken.UnsafeRegister(static work => ((SqliteWork)work!).GiveUp(), work);
        return await work.Done.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        while (Take(MostAtOnce, endsWhenNone: true) is { Count: > 0 } group)
            await RunAsync(group, mayGrow: true).ConfigureAwait(false);
    }

    private List<SqliteWork> Take(int most, bool endsWhenNone = false)
    {
        List<SqliteWork> group = [];
        lock (_lock)
        {
            while (group.Count < most && _waiting.TryDequeue(out SqliteWork? work))
                group.Add(work);
            if (endsWhenNone)
                _isRunning = group.Count > 0;
        }
        return group;
    }

    /// <summary>Answers everybody in the group; throws nothing.</summary>
    private async Task RunAsync(List<SqliteWork> group, bool mayGrow)
    {
        bool isWhole;
        try
        {
            SqliteConnection connection = open();
            await using (connection.ConfigureAwait(false))
            {
                // Immediate: a transaction that begins by reading could otherwise not become a writer.
                SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
                await using (transaction.ConfigureAwait(false))
                {
                    isWhole = await TryAllAsync(group, mayGrow, connection, transaction).ConfigureAwait(false);
                    if (isWhole)
                        transaction.Commit();
                }
            }
        }
        catch (Exception e)
        {
            // The file cannot be opened, is held by another program, or did not take the commit: so for all.
            foreach (SqliteWork work in group)
                work.Fail(e);
            return;
        }
        foreach (SqliteWork work in group)
        {
            if (isWhole)
                work.Succeed();
            else if (!work.Done.IsCompleted)
                await RunAsync([work], mayGrow: false).ConfigureAwait(false);
        }
    }

    /// <summary>Does the work of a group, and of those who come meanwhile.</summary>
    /// <returns>False when SQLite has taken back the whole transaction, as it does on some errors: the others have to be done again.</returns>
    private async Task<bool> TryAllAsync(List<SqliteWork> group, bool mayGrow, SqliteConnection connection, SqliteTransaction transaction)
    {
        for (int i = 0; i < group.Count; i++)
        {
            if (group[i].TryStart() && !await TryAsync(group[i], connection, transaction).ConfigureAwait(false))
                return false;
            if (mayGrow && i == group.Count - 1)
                group.AddRange(Take(MostAtOnce - group.Count));
        }
        return true;
    }

    private static async Task<bool> TryAsync(SqliteWork work, SqliteConnection connection, SqliteTransaction transaction)
    {
        transaction.Save(Savepoint);
        if (await work.RunAsync(connection, transaction).ConfigureAwait(false) is { } failure)
        {
            bool isTakenBack = TryTakeBack(transaction);
            work.Fail(failure);
            if (!isTakenBack)
                return false;
        }
        transaction.Release(Savepoint);
        return true;
    }

    private static bool TryTakeBack(SqliteTransaction transaction)
    {
        try
        {
            transaction.Rollback(Savepoint);
            return true;
        }
        catch (Exception e) when (e is SqliteException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Waits for what has been asked for.</summary>
    public async ValueTask DisposeAsync()
    {
        Task running;
        lock (_lock)
            running = _running;
        await running.ConfigureAwait(false);
    }
}
