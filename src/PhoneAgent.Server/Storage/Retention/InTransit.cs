using System.Text.Json.Nodes;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Retention;

/// <summary>
/// What is kept only until it has been passed on: answers to requests that may come again, webhooks on their way, what is known of
/// calls that have begun. It holds people's numbers too, so it is forgotten with them, and when nobody will come for it.
/// Thread-safe. A database that fails is a <see cref="System.Data.Common.DbException"/>.
/// </summary>
internal sealed class InTransit(SqlDatabase database, LoadedConfig config, PartyKey parties, TimeProvider time)
{
    private const int RowsAtOnce = 500;

    /// <summary>
    /// Forgets a number or name. To be called before its calls are deleted, by which some of it is found. A call that runs stays, to be
    /// ended by another server if this one dies, but its number goes.
    /// </summary>
    /// <returns>Rows that went.</returns>
    public async Task<int> ForgetOfAsync(string party, CancellationToken cancellationToken)
    {
        string normal = PartyNumber.Normal(party);
        if (normal.Length == 0)
            return 0;
        HashSet<string> over = [.. await database.ReadAsync(session => session.QueryAsync<string>(
            $"SELECT id FROM calls WHERE {SqlCallStore.IsParty} AND is_over", new { normal, hash = parties.Of(party) }), cancellationToken).ConfigureAwait(false)];
        var calls = new HashSet<string>(over, StringComparer.Ordinal);
        // Calls that nobody answered are in no history: only what is told of them names the number.
        await foreach (Event waiting in EventsAsync(cancellationToken).ConfigureAwait(false))
            if (PartyText.IsIn(waiting.Body, normal))
                calls.Add(waiting.CallId);
        IReadOnlyList<Begun> begun = await database.ReadAsync(session => session.QueryAsync<Begun>("SELECT call_id, about FROM webhook_calls"), cancellationToken).ConfigureAwait(false);
        var running = begun.Where(call => !over.Contains(call.CallId) && PartyText.IsIn(call.About, normal)).ToList();
        calls.UnionWith(running.Select(call => call.CallId));
        var answers = new List<string>();
        await foreach (Answer kept in AnswersAsync(cancellationToken).ConfigureAwait(false))
            if (PartyText.IsIn(kept.Body, normal) || Segments(kept.Owner).Concat(Segments(kept.Location)).Any(calls.Contains))
                answers.Add(kept.Owner);
        return await database.WriteAsync(async session =>
        {
            int gone = 0;
            foreach (string call in calls)
                gone += await session.ExecuteAsync("DELETE FROM webhook_outbox WHERE call_id = @call", new { call }).ConfigureAwait(false);
            foreach (string call in over)
                gone += await session.ExecuteAsync("DELETE FROM webhook_calls WHERE call_id = @call", new { call }).ConfigureAwait(false);
            foreach (Begun call in running)
                await session.ExecuteAsync("UPDATE webhook_calls SET about = @about WHERE call_id = @CallId", new { about = WithoutParty(call.About), call.CallId }).ConfigureAwait(false);
            foreach (string owner in answers)
                gone += await session.ExecuteAsync("DELETE FROM api_answers WHERE owner = @owner", new { owner }).ConfigureAwait(false);
            return gone;
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Forgets what nobody will come for any more.</summary>
    public Task<OldInTransit> ForgetOldAsync(CancellationToken cancellationToken) => database.WriteAsync(async session =>
    {
        DateTimeOffset now = time.GetUtcNow();
        int answers = await session.ExecuteAsync("DELETE FROM api_answers WHERE created_at < @before", new { before = now - config.Options.Api.IdempotencyLifetime }).ConfigureAwait(false);
        // A receiver that this configuration does not name may be another server's, who still tries.
        int events = await session.ExecuteAsync($"DELETE FROM webhook_outbox WHERE created_at < @before AND NOT ({session.Dialect.IsAnyOf("hook", "@hooks")})",
            new { before = now - WebhookOptions.LongestWait, hooks = config.Options.Webhooks.Select(hook => hook.Name).ToArray() }).ConfigureAwait(false);
        TimeSpan kept = config.Options.Storage.Retention.Calls;
        // Written by a program that did not say when they began.
        await session.ExecuteAsync("UPDATE webhook_calls SET began_at = @now WHERE began_at = 0", new { now }).ConfigureAwait(false);
        int calls = kept == TimeSpan.Zero ? 0 : await session.ExecuteAsync(
            "DELETE FROM webhook_calls WHERE began_at < @before AND NOT EXISTS (SELECT 1 FROM calls WHERE calls.id = webhook_calls.call_id AND NOT calls.is_over)",
            new { before = now - kept }).ConfigureAwait(false);
        return new OldInTransit(answers, events, calls);
    }, cancellationToken);

    private IAsyncEnumerable<Event> EventsAsync(CancellationToken cancellationToken) =>
        EachAsync<Event, long>("SELECT id, call_id, body FROM webhook_outbox WHERE id > @last ORDER BY id", 0, row => row.Id, cancellationToken);

    // One that is under way has no answer yet.
    private IAsyncEnumerable<Answer> AnswersAsync(CancellationToken cancellationToken) =>
        EachAsync<Answer, string>("SELECT owner, location, body FROM api_answers WHERE owner > @last AND status IS NOT NULL ORDER BY owner", "", row => row.Owner, cancellationToken);

    private async IAsyncEnumerable<T> EachAsync<T, TKey>(string sql, TKey last, Func<T, TKey> keyOf, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyList<T> rows;
        do
        {
            TKey from = last;
            rows = await database.ReadAsync(session => session.QueryAsync<T>($"{sql} LIMIT {RowsAtOnce}", new { last = from }), cancellationToken).ConfigureAwait(false);
            foreach (T row in rows)
                yield return row;
            if (rows.Count > 0)
                last = keyOf(rows[^1]);
        }
        while (rows.Count == RowsAtOnce);
    }

    // "key 1 POST /api/v1/calls/ID/speak order-7", "/api/v1/calls/ID"
    private static string[] Segments(string? address) => address?.Split([' ', '/'], StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static string WithoutParty(string about)
    {
        JsonObject call = JsonNode.Parse(about)!.AsObject();
        call.Remove("party");
        return call.ToJsonString();
    }

    private sealed record Event
    {
        public long Id { get; init; }
        public required string CallId { get; init; }
        public required byte[] Body { get; init; }
    }

    private sealed record Begun
    {
        public required string CallId { get; init; }
        public required string About { get; init; }
    }

    private sealed record Answer
    {
        public required string Owner { get; init; }
        public string? Location { get; init; }
        public byte[]? Body { get; init; }
    }
}

/// <summary>Rows that went.</summary>
/// <param name="Answers">Too old to be given again.</param>
/// <param name="Events">For receivers that are in the configuration no more.</param>
/// <param name="Calls">That have begun and of whose end nobody was told.</param>
internal readonly record struct OldInTransit(int Answers, int Events, int Calls);
