namespace PhoneAgent.Server.Options;

/// <summary>Where calls, campaigns and what belongs to them are kept: <c>storage</c>.</summary>
public sealed record StorageOptions
{
    public StorageKind Kind { get; init; }

    /// <summary>SQLite's file; <c>phoneagent.db</c> in <c>http.state_folder</c> when absent.</summary>
    public string? File { get; init; }

    /// <summary>Npgsql's connection string.</summary>
    public string? Postgres { get; init; }

    /// <summary>Goes over the one of the connection string.</summary>
    public string? Password { get; init; }

    /// <summary>Finds redacted callers by their number; a file beside the database when absent.</summary>
    public string? PartyKey { get; init; }

    public RetentionOptions Retention { get; init; } = new();

    /// <summary>All broken rules, each with the key it is about.</summary>
    internal IEnumerable<(string Key, string Message)> Check()
    {
        if (Kind == StorageKind.Postgres && string.IsNullOrWhiteSpace(Postgres))
            yield return ("postgres", "With kind: postgres a connection string is expected, e.g. Host=db;Database=phoneagent;Username=phoneagent.");
        if (!string.IsNullOrWhiteSpace(Postgres) && !Storage.Database.PostgresDatabase.Understands(Postgres, out string? problem))
            yield return ("postgres", $"The connection string is not understood: {problem}");
        if (File is { Length: 0 })
            yield return ("file", "The name is empty; leave the key out for the usual one.");
        if (PartyKey is { Length: < 32 })
            yield return ("party_key", "At least 32 characters are expected, and none that somebody made up: 'openssl rand -base64 32' makes some.");
        foreach ((string key, string message) in Retention.Check())
            yield return ($"retention.{key}", message);
    }
}

public enum StorageKind
{
    /// <summary>One file on this machine.</summary>
    Sqlite,
    /// <summary>A server, for several machines.</summary>
    Postgres,
}
