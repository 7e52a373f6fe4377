using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Text;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Campaigns;

/// <summary>
/// Inserts many rows: <c>before VALUES (…), (…) after</c>, with a statement that is prepared once. PostgreSQL gets many rows a
/// statement, because each is a way over the network. SQLite gets one: it finds values by going through their names, so a statement
/// of 500 rows takes longer than 500 statements.
/// </summary>
internal sealed class ManyRows(SqlSession session, string before, string after, int columns) : IAsyncDisposable
{
    /// <summary>Rows of a call that are handled at once.</summary>
    public const int PieceSize = 500;

    private readonly int _rowsAStatement = session.Dialect == SqlDialect.Sqlite ? 1 : PieceSize;
    private DbCommand? _full;

    /// <param name="rows">At most <see cref="PieceSize"/>, each with a value a column: text, number, truth or null.</param>
    public async Task InsertAsync(IReadOnlyList<object?[]> rows)
    {
        foreach (object?[][] some in rows.Chunk(_rowsAStatement))
        {
            if (some.Length == _rowsAStatement)
            {
                await RunAsync(_full ??= Command(_rowsAStatement), some).ConfigureAwait(false);
                continue;
            }
            DbCommand command = Command(some.Length);
            await using (command.ConfigureAwait(false))
                await RunAsync(command, some).ConfigureAwait(false);
        }
    }

    private Task<int> RunAsync(DbCommand command, object?[][] rows)
    {
        for (int row = 0; row < rows.Length; row++)
            for (int column = 0; column < columns; column++)
                Set(command.Parameters[row * columns + column], rows[row][column]);
        return command.ExecuteNonQueryAsync(session.CancellationToken);
    }

    private static void Set(DbParameter parameter, object? value)
    {
        (parameter.DbType, parameter.Value) = value switch
        {
            long number => (DbType.Int64, (object)number),
            bool truth => (DbType.Boolean, truth),
            DateTimeOffset moment => (DbType.Int64, (moment - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond),
            string text => (DbType.String, text),
            null => (parameter.DbType, DBNull.Value),
            _ => throw new ArgumentException($"A {value.GetType().Name} cannot be stored.", nameof(value)),
        };
    }

    private DbCommand Command(int rows)
    {
        DbCommand command = session.Connection.CreateCommand();
        command.Transaction = session.Transaction;
        var sql = new StringBuilder(before).Append(" VALUES ");
        for (int value = 0; value < rows * columns; value++)
        {
            string name = "@p" + value.ToString(CultureInfo.InvariantCulture);
            sql.Append(value % columns == 0 ? value == 0 ? "(" : ", (" : ", ").Append(name).Append(value % columns == columns - 1 ? ")" : "");
            DbParameter parameter = command.CreateParameter();
            parameter.ParameterName = name;
            command.Parameters.Add(parameter);
        }
        command.CommandText = sql.Append(' ').Append(after).ToString();
        return command;
    }

    public ValueTask DisposeAsync() => _full?.DisposeAsync() ?? ValueTask.CompletedTask;
}
