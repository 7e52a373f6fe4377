namespace PhoneAgent.Server.Storage.Database;

/// <summary>
/// What SQLite and PostgreSQL write differently. All else is written in what both know: <c>@name</c> for values, TEXT, BIGINT,
/// INTEGER, BOOLEAN, DOUBLE PRECISION, <c>ON CONFLICT … DO UPDATE SET x = excluded.x</c>, <c>RETURNING</c>.
/// Moments and durations are BIGINT, in microseconds (<see cref="SqlSession"/> maps them).
/// </summary>
internal sealed record SqlDialect
{
    public static readonly SqlDialect Sqlite = new() { Name = "SQLite", Identity = "INTEGER PRIMARY KEY AUTOINCREMENT", Bytes = "BLOB", ForUpdate = "", SkipLocked = "" };

    public static readonly SqlDialect Postgres = new() { Name = "PostgreSQL", Identity = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", Bytes = "BYTEA", ForUpdate = "FOR UPDATE", SkipLocked = "FOR UPDATE SKIP LOCKED" };

    public required string Name { get; init; }

    /// <summary>Type of a key that the database counts up.</summary>
    public required string Identity { get; init; }

    /// <summary>Type of bytes.</summary>
    public required string Bytes { get; init; }

    /// <summary>At the end of a SELECT: its rows are ours until the transaction ends. SQLite has one writer at a time, so nothing is needed.</summary>
    public required string ForUpdate { get; init; }

    /// <summary>Condition that a column is one of many values, given as an array.</summary>
    /// <param name="value">With its "@".</param>
    public string IsAnyOf(string column, string value) => this == Postgres ? $"{column} = ANY({value})" : $"{column} IN {value}";

    /// <summary>As <see cref="ForUpdate"/>, leaving out the rows that are another's.</summary>
    public required string SkipLocked { get; init; }
}
