using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.DoNotCall;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Campaigns;

/// <summary>Looks numbers up in do-not-call lists, within somebody's transaction.</summary>
internal static class DoNotCallRows
{
    /// <summary>The first of the lists that has the number; null when none has.</summary>
    public static async Task<string?> FindAsync(SqlSession session, PhoneNumber number, IReadOnlyList<string> lists) =>
        (await FindAsync(session, [number.Value], lists).ConfigureAwait(false)).GetValueOrDefault(number.Value);

    /// <summary>Of a piece of numbers, those that are on a list, each with the first list that has it.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> FindAsync(SqlSession session, IReadOnlyCollection<string> numbers, IReadOnlyList<string> lists)
    {
        if (lists.Count == 0)
            return new Dictionary<string, string>();
        IReadOnlyList<Entry> found = await session.QueryAsync<Entry>(
            $"SELECT list, number FROM do_not_call WHERE {session.Dialect.IsAnyOf("list", "@lists")} AND {session.Dialect.IsAnyOf("number", "@numbers")}",
            new { lists = lists.ToArray(), numbers = numbers.ToArray() }).ConfigureAwait(false);
        Dictionary<string, int> order = lists.Distinct().Select((list, place) => (list, place)).ToDictionary(one => one.list, one => one.place);
        return found.GroupBy(entry => entry.Number).ToDictionary(group => group.Key, group => group.MinBy(entry => order[entry.List])!.List);
    }

    private sealed record Entry
    {
        public required string List { get; init; }
        public required string Number { get; init; }
    }
}

internal sealed record DoNotCallRow
{
    public required string List { get; init; }
    public required string Number { get; init; }
    public DateTimeOffset AddedAt { get; init; }
    public required string Source { get; init; }
    public string? CallId { get; init; }
    public string? Reason { get; init; }

    public DoNotCallEntry ToEntry() => new(List, Stored.Number(Number), AddedAt, Source, CallId, Reason);
}

internal sealed record DoNotCallChangeRow
{
    public required string List { get; init; }
    public required string Number { get; init; }
    public bool IsAdded { get; init; }
    public DateTimeOffset At { get; init; }
    public required string ByWhom { get; init; }
    public string? CallId { get; init; }
    public string? Reason { get; init; }

    public DoNotCallChange ToChange() => new(List, Stored.Number(Number), IsAdded, At, ByWhom, CallId, Reason);
}
