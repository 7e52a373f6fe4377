namespace PhoneAgent.Server.Storage.Database;

/// <summary>Does the steps that a database lacks, in the transaction of <paramref name="session"/>.</summary>
internal sealed class Migrator(SqlSession session, string place)
{
    public async Task RunAsync(IReadOnlyList<MigrationSet> sets, TimeProvider time)
    {
        await session.ExecuteAsync("CREATE TABLE IF NOT EXISTS migrations (area TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, applied_at BIGINT NOT NULL, PRIMARY KEY (area, number))").ConfigureAwait(false);
        HashSet<(string, int)> applied = await AppliedAsync().ConfigureAwait(false);
        RefuseNewer(applied, sets);
        foreach (MigrationSet set in sets)
        {
            foreach (Migration step in set.Steps.Where(step => !applied.Contains((set.Area, step.Number))).OrderBy(step => step.Number))
            {
                await session.ExecuteAsync(step.Sql(session.Dialect)).ConfigureAwait(false);
                await session.ExecuteAsync("INSERT INTO migrations (area, number, name, applied_at) VALUES (@Area, @Number, @Name, @AppliedAt)",
                    new { set.Area, step.Number, step.Name, AppliedAt = time.GetUtcNow() }).ConfigureAwait(false);
            }
        }
    }

    private async Task<HashSet<(string, int)>> AppliedAsync()
    {
        IReadOnlyList<Applied> rows = await session.QueryAsync<Applied>("SELECT area, number FROM migrations").ConfigureAwait(false);
        return [.. rows.Select(row => (row.Area, row.Number))];
    }

    // An older program would leave out what it does not know: better none than half.
    private void RefuseNewer(HashSet<(string Area, int Number)> applied, IReadOnlyList<MigrationSet> sets)
    {
        HashSet<(string, int)> known = [.. sets.SelectMany(set => set.Steps, (set, step) => (set.Area, step.Number))];
        if (applied.Except(known).OrderBy(one => one).Cast<(string Area, int Number)?>().FirstOrDefault() is { } unknown)
            throw new StorageException($"{place} was changed by a newer PhoneAgent (it has {unknown.Area} {unknown.Number}). Run that version, or name another database (storage).");
    }

    private sealed record Applied
    {
        public required string Area { get; init; }
        public int Number { get; init; }
    }
}
