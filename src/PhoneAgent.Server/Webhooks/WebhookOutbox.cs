using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Webhooks;

/// <summary>One event for one receiver.</summary>
/// <param name="Id">In the order of writing.</param>
/// <param name="Attempts">That were made before.</param>
internal sealed record WebhookDelivery(long Id, string CallId, string EventId, byte[] Body, DateTimeOffset CreatedAt, int Attempts);

/// <summary>
/// What has happened and is not delivered, on disk. What was being delivered when a server ended is due again after a while, so
/// it arrives at least once. Thread-safe, also between servers on one database.
/// </summary>
internal sealed class WebhookOutbox(SqlDatabase database, NodeIdentity node, TimeProvider time)
{
    /// <summary>Keeps an event for each of its receivers.</summary>
    /// <param name="begins">What is known of a call that begins with it, for whoever finds this server dead before the call's end.</param>
    /// <param name="ends">The call ends with it.</param>
    public Task AddAsync(string callId, string eventId, IReadOnlyList<(string Hook, byte[] Body)> receivers, CancellationToken cancellationToken, string? begins = null, bool ends = false) => database.WriteAsync(async session =>
    {
        DateTimeOffset now = time.GetUtcNow();
        await AddAsync(session, callId, eventId, receivers, now).ConfigureAwait(false);
        if (begins is not null)
        {
            await node.SeenAsync(session, now).ConfigureAwait(false);
            await session.ExecuteAsync("INSERT INTO webhook_calls (call_id, node, about, began_at) VALUES (@callId, @Id, @begins, @now) ON CONFLICT (call_id) DO NOTHING", new { callId, node.Id, begins, now }).ConfigureAwait(false);
        }
        if (ends)
            await session.ExecuteAsync("DELETE FROM webhook_calls WHERE call_id = @callId", new { callId }).ConfigureAwait(false);
    }, cancellationToken);

    /// <summary>Ends the calls that a dead server left: each once, whoever else looks for them.</summary>
    /// <param name="eventsOf">From what was known of a call, the events that end it.</param>
    /// <returns>How many calls.</returns>
    public Task<int> TakeOverAsync(string dead, Func<string, IReadOnlyList<(string EventId, IReadOnlyList<(string Hook, byte[] Body)> Receivers)>> eventsOf, CancellationToken cancellationToken) => database.WriteAsync(async session =>
    {
        DateTimeOffset now = time.GetUtcNow();
        int ended = 0;
        foreach (Begun call in await session.QueryAsync<Begun>("SELECT call_id, about FROM webhook_calls WHERE node = @dead ORDER BY call_id", new { dead }).ConfigureAwait(false))
        {
            if (await session.ExecuteAsync("DELETE FROM webhook_calls WHERE call_id = @CallId", new { call.CallId }).ConfigureAwait(false) == 0)
                continue;
            ended++;
            foreach ((string eventId, IReadOnlyList<(string, byte[])> receivers) in eventsOf(call.About))
                await AddAsync(session, call.CallId, eventId, receivers, now).ConfigureAwait(false);
        }
        return ended;
    }, cancellationToken);

    private static async Task AddAsync(SqlSession session, string callId, string eventId, IReadOnlyList<(string Hook, byte[] Body)> receivers, DateTimeOffset now)
    {
        foreach ((string hook, byte[] body) in receivers)
            await session.ExecuteAsync(
                "INSERT INTO webhook_outbox (hook, call_id, event_id, body, created_at, next_at, attempts) VALUES (@hook, @callId, @eventId, @body, @now, @now, 0)",
                new { hook, callId, eventId, body, now }).ConfigureAwait(false);
    }

    /// <summary>
    /// Takes what is due for a receiver: of each call the oldest event only, so that they arrive in order. They are due again
    /// after <paramref name="lease"/>, unless they are delivered or put off before.
    /// </summary>
    public Task<IReadOnlyList<WebhookDelivery>> TakeAsync(string hook, int limit, TimeSpan lease, CancellationToken cancellationToken) => database.WriteAsync<IReadOnlyList<WebhookDelivery>>(async session =>
    {
        DateTimeOffset now = time.GetUtcNow();
        IReadOnlyList<Row> rows = await session.QueryAsync<Row>($"""
            SELECT o.id, o.call_id, o.event_id, o.body, o.created_at, o.attempts FROM webhook_outbox o
            WHERE o.hook = @hook AND o.next_at <= @now
              AND NOT EXISTS (SELECT 1 FROM webhook_outbox e WHERE e.hook = o.hook AND e.call_id = o.call_id AND e.id < o.id)
            ORDER BY o.next_at, o.id LIMIT @limit {session.Dialect.SkipLocked}
            """, new { hook, now, limit }).ConfigureAwait(false);
        foreach (Row row in rows)
            await session.ExecuteAsync("UPDATE webhook_outbox SET next_at = @until, attempts = attempts + 1 WHERE id = @Id", new { until = now + lease, row.Id }).ConfigureAwait(false);
        return [.. rows.Select(row => new WebhookDelivery(row.Id, row.CallId, row.EventId, row.Body, row.CreatedAt, (int)row.Attempts))];
    }, cancellationToken);

    /// <summary>It arrived, or is given up: the next event of its call is due.</summary>
    public Task RemoveAsync(WebhookDelivery delivery, CancellationToken cancellationToken) => database.WriteAsync(session =>
        session.ExecuteAsync("DELETE FROM webhook_outbox WHERE id = @Id", new { delivery.Id }), cancellationToken);

    public Task PutOffAsync(WebhookDelivery delivery, TimeSpan pause, CancellationToken cancellationToken) => database.WriteAsync(session =>
        session.ExecuteAsync("UPDATE webhook_outbox SET next_at = @next WHERE id = @Id", new { next = time.GetUtcNow() + pause, delivery.Id }), cancellationToken);

    /// <summary>When the next event for a receiver is due; null: none waits. Events behind another of their call do not count.</summary>
    public Task<DateTimeOffset?> NextAsync(string hook, CancellationToken cancellationToken) => database.ReadAsync(async session =>
    {
        long? next = await session.ScalarAsync<long?>("""
            SELECT MIN(o.next_at) FROM webhook_outbox o
            WHERE o.hook = @hook AND NOT EXISTS (SELECT 1 FROM webhook_outbox e WHERE e.hook = o.hook AND e.call_id = o.call_id AND e.id < o.id)
            """, new { hook }).ConfigureAwait(false);
        return next is { } microseconds ? DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond) : (DateTimeOffset?)null;
    }, cancellationToken);

    /// <summary>How many events wait for each receiver, also for those that the configuration names no more.</summary>
    public Task<IReadOnlyDictionary<string, long>> WaitingAsync(CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyDictionary<string, long>>(async session =>
        (await session.QueryAsync<Count>("SELECT hook, COUNT(*) AS waiting FROM webhook_outbox GROUP BY hook").ConfigureAwait(false)).ToDictionary(row => row.Hook, row => row.Waiting), cancellationToken);

    private sealed record Row
    {
        public long Id { get; init; }
        public required string CallId { get; init; }
        public required string EventId { get; init; }
        public required byte[] Body { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public long Attempts { get; init; }
    }

    private sealed record Begun
    {
        public required string CallId { get; init; }
        public required string About { get; init; }
    }

    private sealed record Count
    {
        public required string Hook { get; init; }
        public long Waiting { get; init; }
    }
}
