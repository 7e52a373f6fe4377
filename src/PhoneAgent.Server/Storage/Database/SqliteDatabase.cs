using Microsoft.Data.Sqlite;

namespace PhoneAgent.Server.Storage.Database;

/// <summary>
/// One file. Readers see the last finished transaction while one writer works (WAL); writers of this program queue in
/// <see cref="SqliteWriter"/> rather than in SQLite, which would let them sleep and try again.
/// </summary>
internal sealed class SqliteDatabase : SqlDatabase
{
    private const int BusySeconds = 30;

    private readonly string _file;
    private readonly string _connection;
    private readonly SqliteWriter _writer;

    public SqliteDatabase(string file)
    {
        _file = file;
        _connection = new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWriteCreate, ForeignKeys = true, DefaultTimeout = BusySeconds }.ToString();
        _writer = new SqliteWriter(Open);
    }

    public override SqlDialect Dialect => SqlDialect.Sqlite;

    public override string Place => _file;

    public override async Task<string> VersionAsync(CancellationToken cancellationToken)
    {
        SqliteLibrary.Use();
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
            KeepOthersOut();
            return await ReadAsync(async session =>
            {
                // Kept in the file.
                string? mode = await session.ScalarAsync<string>("PRAGMA journal_mode = WAL").ConfigureAwait(false);
                string? version = await session.ScalarAsync<string>("SELECT sqlite_version()").ConfigureAwait(false);
                return mode == "wal" ? $"SQLite {version}" : $"SQLite {version}, without WAL: its disk cannot share memory";
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{_file} (storage.file) cannot be opened: {e.Message} Check its owner and the space on its disk.", e);
        }
    }

    // SQLite's calls are synchronous, whatever their names say.
    public override Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> read, CancellationToken cancellationToken) => Task.Run(async () =>
    {
        SqliteConnection connection = Open();
        await using (connection.ConfigureAwait(false))
            return await read(new SqlSession(connection, null, Dialect, cancellationToken)).ConfigureAwait(false);
    }, cancellationToken);

    public override Task<T> WriteAsync<T>(Func<SqlSession, Task<T>> write, CancellationToken cancellationToken) => _writer.WriteAsync(write, cancellationToken);

    // BEGIN IMMEDIATE holds every other writer off already.
    protected override Task LockMigrationsAsync(SqlSession session) => Task.CompletedTask;

    // Callers' words and the hashes of passwords are in it. SQLite makes the files beside it as this one is.
    private void KeepOthersOut()
    {
        if (OperatingSystem.IsWindows())
            return;
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite, others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        try
        {
            // A file that is there is not opened: to close it would take SQLite's locks away from this process.
            if (!File.Exists(_file))
                new FileStream(_file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = owner }).Dispose();
        }
        catch (IOException) when (File.Exists(_file))
        {
            // Another process was first.
        }
        UnixFileMode mode = File.GetUnixFileMode(_file);
        if ((mode & others) != 0)
            File.SetUnixFileMode(_file, mode & ~others);
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connection);
        try
        {
            connection.Open();
            using SqliteCommand settings = connection.CreateCommand();
            // FULL: a transaction that was finished is there also after a power cut. An attempt must not be dialled twice.
            settings.CommandText = $"PRAGMA synchronous = FULL; PRAGMA busy_timeout = {BusySeconds * 1000}";
            settings.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync().ConfigureAwait(false);
        if (!Directory.Exists(Path.GetDirectoryName(_file)))
            return;
        using var connection = new SqliteConnection(_connection);
        SqliteConnection.ClearPool(connection);
    }
}
