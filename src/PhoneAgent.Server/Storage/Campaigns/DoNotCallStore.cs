using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.DoNotCall;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Campaigns;

/// <summary><see cref="IDoNotCallList"/> on SQLite and PostgreSQL.</summary>
internal sealed class DoNotCallStore(SqlDatabase database, TimeProvider time) : IDoNotCallList
{
    private const string InsertChange = "INSERT INTO do_not_call_changes (list, number, is_added, at, by_whom, call_id, reason)";

    private readonly CampaignDatabase _database = new(database, time);

    public async Task<bool> AddAsync(DoNotCallEntry entry, CancellationToken cancellationToken) =>
        await AddPieceAsync([entry], cancellationToken).ConfigureAwait(false) > 0;

    public async Task<int> ImportAsync(IEnumerable<DoNotCallEntry> entries, CancellationToken cancellationToken)
    {
        // A transaction a piece: attempts wait while a list is changed, and must not wait for a whole national list.
        int added = 0;
        foreach (DoNotCallEntry[] piece in entries.Chunk(ManyRows.PieceSize))
            added += await AddPieceAsync(piece, cancellationToken).ConfigureAwait(false);
        return added;
    }

    public Task<bool> RemoveAsync(DoNotCallRemoval removal, CancellationToken cancellationToken) =>
        _database.WriteAsync($"taking a number off the list '{removal.List}'", async (session, isAgain) =>
        {
            await CampaignLocks.ToChangeDoNotCallAsync(session).ConfigureAwait(false);
            var row = new { removal.List, Number = removal.Number.Value, IsAdded = false, removal.RemovedAt, removal.By, Reason = StoredText.Clean(removal.Reason) };
            if (await session.ExecuteAsync("DELETE FROM do_not_call WHERE list = @List AND number = @Number", row).ConfigureAwait(false) == 0)
            {
                return isAgain && await session.ScalarAsync<long>(
                    "SELECT COUNT(*) FROM do_not_call_changes WHERE number = @Number AND list = @List AND is_added = @IsAdded AND at = @RemovedAt AND by_whom = @By", row).ConfigureAwait(false) > 0;
            }
            await session.ExecuteAsync($"{InsertChange} VALUES (@List, @Number, @IsAdded, @RemovedAt, @By, NULL, @Reason)", row).ConfigureAwait(false);
            return true;
        }, cancellationToken);

    public Task<string?> FindAsync(PhoneNumber number, IReadOnlyList<string> lists, CancellationToken cancellationToken) =>
        _database.ReadAsync("looking a number up in do-not-call lists", session => DoNotCallRows.FindAsync(session, number, lists), cancellationToken);

    public async Task<IReadOnlyList<DoNotCallEntry>> ListAsync(string list, PhoneNumber? after, int limit, CancellationToken cancellationToken)
    {
        IReadOnlyList<DoNotCallRow> rows = await _database.ReadAsync($"reading the list '{list}'", session => session.QueryAsync<DoNotCallRow>(
            "SELECT list, number, added_at, source, call_id, reason FROM do_not_call WHERE list = @list AND number > @after ORDER BY number LIMIT @limit",
            new { list, after = after?.Value ?? "", limit }), cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToEntry())];
    }

    public async Task<IReadOnlyList<DoNotCallCount>> ListsAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Count> rows = await _database.ReadAsync("reading the do-not-call lists", session => session.QueryAsync<Count>(
            "SELECT list, COUNT(*) AS entries FROM do_not_call GROUP BY list ORDER BY list"), cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => new DoNotCallCount(row.List, row.Entries))];
    }

    public async Task<IReadOnlyList<DoNotCallChange>> ChangesAsync(PhoneNumber number, CancellationToken cancellationToken)
    {
        IReadOnlyList<DoNotCallChangeRow> rows = await _database.ReadAsync("reading what changed in do-not-call lists", session => session.QueryAsync<DoNotCallChangeRow>(
            "SELECT list, number, is_added, at, by_whom, call_id, reason FROM do_not_call_changes WHERE number = @Value ORDER BY id", new { number.Value }), cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToChange())];
    }

    private Task<int> AddPieceAsync(IReadOnlyList<DoNotCallEntry> piece, CancellationToken cancellationToken) =>
        _database.WriteAsync("adding numbers to do-not-call lists", async session =>
        {
            await CampaignLocks.ToChangeDoNotCallAsync(session).ConfigureAwait(false);
            Dictionary<(string, string), DoNotCallEntry> entries = [];
            foreach (DoNotCallEntry entry in piece)
                entries.TryAdd((entry.List, entry.Number.Value), entry);
            HashSet<(string List, string Number)> known = await KnownAsync(session, entries.Keys).ConfigureAwait(false);
            List<DoNotCallEntry> added = [.. entries.Where(entry => !known.Contains(entry.Key)).Select(entry => entry.Value)];
            if (added.Count > 0)
                await InsertAsync(session, added).ConfigureAwait(false);
            return added.Count;
        }, cancellationToken);

    private static async Task<HashSet<(string, string)>> KnownAsync(SqlSession session, IEnumerable<(string List, string Number)> keys)
    {
        HashSet<(string, string)> known = [];
        foreach (IGrouping<string, string> numbers in keys.GroupBy(key => key.List, key => key.Number))
        {
            foreach (string number in await session.QueryAsync<string>(
                $"SELECT number FROM do_not_call WHERE list = @list AND {session.Dialect.IsAnyOf("number", "@numbers")}", new { list = numbers.Key, numbers = numbers.ToArray() }).ConfigureAwait(false))
            {
                known.Add((numbers.Key, number));
            }
        }
        return known;
    }

    private static async Task InsertAsync(SqlSession session, IReadOnlyList<DoNotCallEntry> added)
    {
        var entries = new ManyRows(session, "INSERT INTO do_not_call (list, number, added_at, source, call_id, reason)", "", columns: 6);
        var changes = new ManyRows(session, InsertChange, "", columns: 7);
        await using (entries.ConfigureAwait(false))
        await using (changes.ConfigureAwait(false))
        {
            await entries.InsertAsync([.. added.Select(one => new object?[] { one.List, one.Number.Value, one.AddedAt, one.Source, one.CallId, StoredText.Clean(one.Reason) })]).ConfigureAwait(false);
            await changes.InsertAsync([.. added.Select(one => new object?[] { one.List, one.Number.Value, true, one.AddedAt, one.Source, one.CallId, StoredText.Clean(one.Reason) })]).ConfigureAwait(false);
        }
    }

    private sealed record Count
    {
        public required string List { get; init; }
        public int Entries { get; init; }
    }
}
