using System.Data;
using System.Data.Common;
using Dapper;

namespace PhoneAgent.Server.Storage.Database;

/// <summary>
/// One connection, and its transaction where it writes. Properties are mapped by name, <c>started_at</c> to <c>StartedAt</c>.
/// <see cref="DateTimeOffset"/> is stored as microseconds since 1970 in UTC, <see cref="TimeSpan"/> as microseconds. Not thread-safe.
/// </summary>
internal sealed class SqlSession(DbConnection connection, DbTransaction? transaction, SqlDialect dialect, CancellationToken cancellationToken)
{
    static SqlSession()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
        SqlMapper.RemoveTypeMap(typeof(TimeSpan));
        SqlMapper.RemoveTypeMap(typeof(TimeSpan?));
        SqlMapper.AddTypeHandler(new MomentHandler());
        SqlMapper.AddTypeHandler(new DurationHandler());
    }

    public SqlDialect Dialect => dialect;

    /// <summary>Cancels the whole piece of work.</summary>
    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>For what the methods below cannot do, such as a prepared command or COPY.</summary>
    public DbConnection Connection => connection;

    public DbTransaction? Transaction => transaction;

    /// <returns>Rows that changed.</returns>
    public Task<int> ExecuteAsync(string sql, object? values = null) => connection.ExecuteAsync(Command(sql, values));

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? values = null) =>
        (await connection.QueryAsync<T>(Command(sql, values)).ConfigureAwait(false)).AsList();

    /// <summary>The only row; null (default) for none.</summary>
    public Task<T?> SingleAsync<T>(string sql, object? values = null) => connection.QuerySingleOrDefaultAsync<T>(Command(sql, values));

    /// <summary>The first value of the first row; null (default) for none.</summary>
    public Task<T?> ScalarAsync<T>(string sql, object? values = null) => connection.ExecuteScalarAsync<T>(Command(sql, values));

    private CommandDefinition Command(string sql, object? values) => new(sql, values, transaction, cancellationToken: cancellationToken);

    private sealed class MomentHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) => DateTimeOffset.UnixEpoch.AddTicks(checked((long)value * TimeSpan.TicksPerMicrosecond));

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value)
        {
            parameter.DbType = DbType.Int64;
            parameter.Value = (value - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        }
    }

    private sealed class DurationHandler : SqlMapper.TypeHandler<TimeSpan>
    {
        public override TimeSpan Parse(object value) => TimeSpan.FromTicks(checked((long)value * TimeSpan.TicksPerMicrosecond));

        public override void SetValue(IDbDataParameter parameter, TimeSpan value)
        {
            parameter.DbType = DbType.Int64;
            parameter.Value = value.Ticks / TimeSpan.TicksPerMicrosecond;
        }
    }
}
