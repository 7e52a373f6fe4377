using System.Data.Common;
using System.Globalization;
using System.Text;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Calls;

/// <summary>Writes calls into a database, in the name of this process.</summary>
internal sealed class SqlCallLog(SqlDatabase database, NodeIdentity node, TimeProvider time) : ICallLog
{
    // Few round trips to a server, and few texts of statements to prepare.
    private const int RowsAtOnce = 64;

    private const string Upsert = """
        INSERT INTO calls (id, node, agent, direction, caller, party, party_hash, called, started_at, recording, duration, is_over, is_escalated)
        VALUES (@CallId, @Node, @Agent, @Direction, @Caller, @Party, @PartyHash, @Called, @StartedAt, @Recording, 0, FALSE, FALSE)
        ON CONFLICT (id) DO NOTHING
        """;

    private const string Close = """
        UPDATE calls SET is_over = TRUE, duration = @Duration, cause = @Cause, disposition = @Disposition, is_escalated = @IsEscalated,
            summary = @Summary, words = @Words, report = @Report
        WHERE id = @CallId
        """;

    public Task WriteAsync(IReadOnlyList<CallChange> changes, CancellationToken cancellationToken) => database.WriteAsync(async session =>
    {
        await node.SeenAsync(session, time.GetUtcNow()).ConfigureAwait(false);
        // One statement must not meet a row twice.
        var events = new Dictionary<(string, int), CallChange.Happened>();
        foreach (CallChange change in changes)
        {
            switch (change)
            {
                case CallChange.Began began:
                    await BeginAsync(session, began).ConfigureAwait(false);
                    break;
                case CallChange.Happened happened:
                    events[(happened.CallId, happened.Number)] = happened;
                    break;
                case CallChange.Over over:
                    foreach (CallChange.Happened missed in over.Missed)
                        events[(missed.CallId, missed.Number)] = missed;
                    await BeginAsync(session, over.Call).ConfigureAwait(false);
                    await CloseAsync(session, over).ConfigureAwait(false);
                    break;
                case CallChange.Reported reported:
                    await session.ExecuteAsync("UPDATE calls SET report = @Report, summary = @Summary, disposition = COALESCE(@Disposition, disposition), words = words || @Words WHERE id = @CallId AND words IS NOT NULL",
                        new { reported.CallId, Report = StoredText.Clean(reported.Report), Summary = StoredText.Clean(reported.Summary), Disposition = StoredText.Clean(reported.Disposition), Words = StoredText.Clean(reported.Summary)?.ToLowerInvariant() ?? "" }).ConfigureAwait(false);
                    break;
            }
        }
        foreach (CallChange.Happened[] rows in events.Values.Chunk(RowsAtOnce))
            await InsertEventsAsync(session, rows).ConfigureAwait(false);
    }, cancellationToken);

    private Task<int> BeginAsync(SqlSession session, CallChange.Began began) => session.ExecuteAsync(Upsert, new
    {
        began.CallId,
        Node = node.Id,
        Agent = StoredText.Clean(began.Agent),
        Direction = began.Direction.ToString(),
        Caller = StoredText.Clean(began.Caller),
        Party = PartyNumber.Normal(StoredText.Clean(began.Caller)),
        began.PartyHash,
        Called = StoredText.Clean(began.Called),
        began.StartedAt,
        began.Recording,
    });

    private static async Task CloseAsync(SqlSession session, CallChange.Over over)
    {
        CallDigest digest = over.Digest;
        await session.ExecuteAsync(Close, new
        {
            over.CallId,
            digest.Duration,
            Cause = digest.Cause?.ToString(),
            digest.Disposition,
            IsEscalated = digest.Escalations.Count > 0,
            digest.Summary,
            digest.Words,
            digest.Report,
        }).ConfigureAwait(false);
        // Written by whoever closes it: after a crash that may be somebody else, and then the one who had it after all.
        await session.ExecuteAsync("DELETE FROM call_lines WHERE call_id = @CallId", new { over.CallId }).ConfigureAwait(false);
        await session.ExecuteAsync("DELETE FROM call_escalations WHERE call_id = @CallId", new { over.CallId }).ConfigureAwait(false);
        foreach ((int number, CallLine line) in digest.Lines.Index())
            await session.ExecuteAsync("INSERT INTO call_lines (call_id, number, begins, ends, side, text, cut, is_urgent) VALUES (@CallId, @number, @Begins, @Ends, @Side, @Text, @Cut, @IsUrgent)",
                new { over.CallId, number, line.Begins, line.Ends, line.Side, line.Text, line.Cut, line.IsUrgent }).ConfigureAwait(false);
        foreach ((int number, TimelineEvent.Escalated escalated) in digest.Escalations)
            await session.ExecuteAsync("INSERT INTO call_escalations (call_id, number, at, rule, score) VALUES (@CallId, @number, @At, @Rule, @Score)",
                new { over.CallId, number, escalated.At, escalated.Rule, escalated.Score }).ConfigureAwait(false);
    }

    private static async Task InsertEventsAsync(SqlSession session, CallChange.Happened[] rows)
    {
        DbCommand command = session.Connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.Transaction = session.Transaction;
            var text = new StringBuilder("INSERT INTO call_events (call_id, number, at, event) VALUES ");
            for (int i = 0; i < rows.Length; i++)
            {
                text.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ",")}(@c{i},@n{i},@a{i},@e{i})");
                Add(command, $"@c{i}", rows[i].CallId);
                Add(command, $"@n{i}", rows[i].Number);
                Add(command, $"@a{i}", rows[i].At.Ticks / TimeSpan.TicksPerMicrosecond);
                Add(command, $"@e{i}", rows[i].Event);
            }
            command.CommandText = text.Append(" ON CONFLICT (call_id, number) DO UPDATE SET at = excluded.at, event = excluded.event").ToString();
            await command.ExecuteNonQueryAsync(session.CancellationToken).ConfigureAwait(false);
        }
    }

    private static void Add(DbCommand command, string name, object value)
    {
        DbParameter parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }
}
