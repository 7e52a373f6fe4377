using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace PhoneAgent.Server.Storage.Campaigns;

/// <summary>What a database's error means: whether to try again, and what a person can do.</summary>
internal static class DatabaseTrouble
{
    // https://www.sqlite.org/rescode.html
    private const int SqliteBusy = 5, SqliteLocked = 6, SqliteReadOnly = 8, SqliteIoError = 10, SqliteCorrupt = 11, SqliteFull = 13, SqliteCannotOpen = 14, SqliteNotADatabase = 26;

    /// <summary>Another try may succeed: a lock, a connection that broke, a server that restarts.</summary>
    public static bool IsOfTheMoment(Exception e) => e switch
    {
        SqliteException sqlite => sqlite.SqliteErrorCode is SqliteBusy or SqliteLocked,
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => false,
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown } => true,
        NpgsqlException npgsql => npgsql.IsTransient,
        SocketException or TimeoutException or IOException => true,
        _ => false,
    };

    public static string Advice(Exception e) => e switch
    {
        SqliteException sqlite => Advice(sqlite.SqliteErrorCode),
        PostgresException postgres => Advice(postgres.SqlState),
        NpgsqlException or SocketException or TimeoutException or IOException => "Check that the server runs and can be reached from here (storage.postgres).",
        _ => "See the log of the start for what is wrong with the database.",
    };

    private static string Advice(int code) => code switch
    {
        SqliteBusy or SqliteLocked => "Another program writes into the file for long: end it, or use PostgreSQL for several nodes.",
        SqliteReadOnly or SqliteCannotOpen => "Check that the file and its folder belong to the user that runs this program.",
        SqliteIoError => "Check the disk (dmesg) and that it is not a network drive.",
        SqliteFull => "Free space on the disk.",
        SqliteCorrupt or SqliteNotADatabase => "Put the newest backup in its place.",
        _ => "This is a mistake of the program: please report it with this message.",
    };

    private static string Advice(string sqlState) => sqlState switch
    {
        PostgresErrorCodes.DiskFull => "Free space on the server's disk.",
        PostgresErrorCodes.TooManyConnections => "Raise max_connections of the server, or lower Maximum Pool Size (storage.postgres).",
        PostgresErrorCodes.ReadOnlySqlTransaction => "This server is a standby: name the primary (storage.postgres).",
        PostgresErrorCodes.InsufficientPrivilege => "Make the user the owner of the tables.",
        PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn => "The tables are not up to date: start the program once.",
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable => "The server is overloaded, or something else holds locks on these tables (pg_stat_activity).",
        ['2', '8', ..] or PostgresErrorCodes.InvalidCatalogName => "Check user, password and database (storage.postgres).",
        ['5', '7' or '8' or '3', ..] or ['0', '8', ..] => "Check the server and its log.",
        _ => "This is a mistake of the program: please report it with this message.",
    };
}
