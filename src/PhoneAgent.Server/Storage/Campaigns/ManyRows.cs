using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Text;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Campaigns;

/// <summary>
/// Inserts many rows with few statements: <c>before VALUES (…), (…) after</c>. One statement is prepared for full pieces, so that
/// neither database reads the same SQL a hundred times.
/// </summary>
internal sealed class ManyRows(SqlSession session, string before, string after, int columns) : IAsyncDisposable
{
    /// <summary>Rows a statement.</summary>
    public const int PieceSize = 500;

    private DbCommand? _full;

    /// <param name="rows">At most <see cref="PieceSize"/>, each with a value a column: text, number, truth or null.</param>
    public async Task InsertAsync(IReadOnlyList<object?[]> rows)
    {
        if (rows.Count == PieceSize)
        {
            await RunAsync(_full ??= Command(PieceSize), rows).ConfigureAwait(false);
            return;
        }
        DbCommand command = Command(rows.Count);
        await using (command.ConfigureAwait(false))
            await RunAsync(command, rows).ConfigureAwait(false);
    }

    private Task<int> RunAsync(DbCommand command, IReadOnlyList<object?[]> rows)
    {
        for (int row = 0; row < rows.Count; row++)
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
