using System.Text.Json;
using Microsoft.Data.Sqlite;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.LoopbackTests.Rig;

/// <summary>The calls in the file of another process, which may be writing.</summary>
internal sealed class CallDatabase
{
    private readonly string _connection;

    public CallDatabase(string file)
    {
        SqliteLibrary.Use();
        _connection = new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString();
    }

    /// <summary>Their ids, the oldest first.</summary>
    public IReadOnlyList<string> All() => Read("SELECT id FROM calls ORDER BY started_at, rowid", reader => reader.GetString(0));

    /// <summary>Those to that user part, the oldest first.</summary>
    public IReadOnlyList<string> To(string called) =>
        Read("SELECT id FROM calls WHERE called = @value ORDER BY started_at, rowid", reader => reader.GetString(0), called);

    /// <summary>From the event with this number on.</summary>
    public IReadOnlyList<JsonElement> EventsOf(string call, int from = 0) =>
        Read($"SELECT event FROM call_events WHERE call_id = @value AND number >= {from} ORDER BY number", reader => JsonDocument.Parse((byte[])reader[0]).RootElement, call);

    /// <summary>One column of a call.</summary>
    public object? Of(string call, string column) => Read($"SELECT {column} FROM calls WHERE id = @value", reader => reader[0], call).Single();

    private List<T> Read<T>(string sql, Func<SqliteDataReader, T> map, string? value = null)
    {
        using var connection = new SqliteConnection(_connection);
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        if (value is not null)
            command.Parameters.AddWithValue("@value", value);
        using SqliteDataReader reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(map(reader));
        return rows;
    }
}
