using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Storage.Calls.Import;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Calls;

/// <summary>Calls in a database, their recordings in a folder.</summary>
/// <param name="import">Calls of earlier versions that are still on their way into the database.</param>
internal sealed partial class SqlCallStore(SqlDatabase database, RecordingFolder recordings, PartyKey parties, ImportState import, ILogger<SqlCallStore> logger) : ICallStore
{
    private const int CallsAtOnce = 100;
    private const int MaxDispositions = 200;
    /// <summary>A condition on <c>calls</c>, of @normal and @hash.</summary>
    public const string IsParty = "(party = @normal OR party_hash = @hash)";
    private const string Columns = "id, started_at, direction, caller, called, duration, disposition, cause, is_escalated, summary, recording";

    public Task<HistoryPage> SearchAsync(HistoryQuery query, CancellationToken cancellationToken)
    {
        (string where, object values) = CallSearch.Of(query, parties);
        long skip = (query.Page - 1L) * query.PageSize;
        return database.ReadAsync(async session =>
        {
            int total = await session.ScalarAsync<int>($"SELECT COUNT(*) FROM calls WHERE {where}", values).ConfigureAwait(false);
            IReadOnlyList<Row> rows = skip >= total ? [] : await session.QueryAsync<Row>(
                $"SELECT {Columns} FROM calls WHERE {where} ORDER BY started_at DESC, id LIMIT {query.PageSize} OFFSET {skip}", values).ConfigureAwait(false);
            return new HistoryPage([.. rows.Select(RecordOf)], total, query.Page, query.PageSize, import.IsComplete);
        }, cancellationToken);
    }

    public async Task<CallRecord?> FindAsync(string id, CancellationToken cancellationToken) =>
        await database.ReadAsync(session => session.SingleAsync<Row>($"SELECT {Columns} FROM calls WHERE id = @id AND is_over", new { id }), cancellationToken).ConfigureAwait(false) is { } row ? RecordOf(row) : null;

    public Task<IReadOnlyList<string>> DispositionsAsync(CancellationToken cancellationToken) => database.ReadAsync(session =>
        session.QueryAsync<string>($"SELECT DISTINCT disposition FROM calls WHERE disposition IS NOT NULL AND is_over ORDER BY disposition LIMIT {MaxDispositions}"), cancellationToken);

    public async Task<IReadOnlyList<TimelineEvent>?> ReadTimelineAsync(string id, CancellationToken cancellationToken)
    {
        IReadOnlyList<byte[]> events = await database.ReadAsync(session =>
            session.QueryAsync<byte[]>("SELECT event FROM call_events WHERE call_id = @id ORDER BY number", new { id }), cancellationToken).ConfigureAwait(false);
        return events.Count == 0 ? null : [.. events.Select(json => TimelineRecord.Read(json)).OfType<TimelineEvent>()];
    }

    public Task<IReadOnlyList<CallLine>> ReadTranscriptAsync(string id, CancellationToken cancellationToken) => database.ReadAsync(session =>
        session.QueryAsync<CallLine>("SELECT side, begins, ends, text, cut, is_urgent FROM call_lines WHERE call_id = @id ORDER BY number", new { id }), cancellationToken);

    public Task<string?> ReadReportAsync(string id, CancellationToken cancellationToken) =>
        database.ReadAsync(session => session.ScalarAsync<string>("SELECT report FROM calls WHERE id = @id", new { id }), cancellationToken);

    public async Task<string?> RecordingOfAsync(string id, CancellationToken cancellationToken)
    {
        string? name = await database.ReadAsync(session => session.ScalarAsync<string>("SELECT recording FROM calls WHERE id = @id AND is_over", new { id }), cancellationToken).ConfigureAwait(false);
        return name is null ? null : FileOf(name);
    }

    public async Task<int> CountOfAsync(string party, CancellationToken cancellationToken)
    {
        string normal = PartyNumber.Normal(party);
        return normal.Length == 0 ? 0 : await database.ReadAsync(session =>
            session.ScalarAsync<int>($"SELECT COUNT(*) FROM calls WHERE {IsParty} AND is_over", new { normal, hash = parties.Of(party) }), cancellationToken).ConfigureAwait(false);
    }

    public async Task<(int Deleted, int Failed)> DeleteOfAsync(string party, CancellationToken cancellationToken)
    {
        string normal = PartyNumber.Normal(party);
        return normal.Length == 0 ? (0, 0) : await ForgetAsync(CallData.Calls, IsParty, new { normal, hash = parties.Of(party) }, cancellationToken).ConfigureAwait(false);
    }

    public Task<(int Deleted, int Failed)> DeleteAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken) =>
        ForgetAsync(CallData.Calls, database.Dialect.IsAnyOf("id", "@ids"), new { ids = ids.ToArray() }, cancellationToken);

    public async Task<int> ForgetAsync(CallData what, DateTimeOffset before, CancellationToken cancellationToken) =>
        (await ForgetAsync(what, $"started_at < @before AND {CallTables.Has(what)}", new { before }, cancellationToken).ConfigureAwait(false)).Deleted;

    private async Task<(int Deleted, int Failed)> ForgetAsync(CallData what, string where, object values, CancellationToken cancellationToken)
    {
        IReadOnlyList<Row> calls = await database.ReadAsync(session =>
            session.QueryAsync<Row>($"SELECT id, recording FROM calls WHERE is_over AND {where}", values), cancellationToken).ConfigureAwait(false);
        int failed = 0;
        foreach (Row[] some in calls.Chunk(CallsAtOnce))
        {
            // The files first: while the row is there they are found again.
            List<string> gone = [.. some.Where(call => what is not (CallData.Recordings or CallData.Calls) || TryDelete(call)).Select(call => call.Id)];
            failed += some.Length - gone.Count;
            await database.WriteAsync(session => CallTables.ForgetAsync(session, what, gone), cancellationToken).ConfigureAwait(false);
        }
        return (calls.Count - failed, failed);
    }

    // Not there when it was never allowed, or is another machine's.
    private string? FileOf(string recording) => recordings.Find(recording) is { } path && File.Exists(path) ? path : null;

    private bool TryDelete(Row call)
    {
        try
        {
            // Recorded on another machine: that one's folder is not ours.
            if (call.Recording is not null && recordings.Find(call.Recording) is { } path && Directory.Exists(recordings.Path))
                File.Delete(path);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.CannotDelete(logger, call.Id, e.Message);
            return false;
        }
    }

    private CallRecord RecordOf(Row row) => new()
    {
        Id = row.Id,
        StartedAt = row.StartedAt,
        Direction = Enum.TryParse(row.Direction, out CallDirection direction) ? direction : default,
        Caller = row.Caller,
        Called = row.Called,
        Duration = row.Duration,
        Disposition = row.Disposition,
        Cause = Enum.TryParse(row.Cause, out CallEndCause cause) ? cause : null,
        IsEscalated = row.IsEscalated,
        Summary = row.Summary,
        HasRecording = row.Recording is not null && FileOf(row.Recording) is not null,
    };

    private sealed record Row
    {
        public string Id { get; init; } = "";
        public DateTimeOffset StartedAt { get; init; }
        public string? Direction { get; init; }
        public string Caller { get; init; } = "";
        public string Called { get; init; } = "";
        public TimeSpan Duration { get; init; }
        public string? Disposition { get; init; }
        public string? Cause { get; init; }
        public bool IsEscalated { get; init; }
        public string? Summary { get; init; }
        public string? Recording { get; init; }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Call {CallId}: its recording cannot be deleted: {Reason}")]
        public static partial void CannotDelete(ILogger logger, string callId, string reason);
    }
}
