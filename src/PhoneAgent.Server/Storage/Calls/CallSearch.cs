using System.Globalization;
using Dapper;

namespace PhoneAgent.Server.Storage.Calls;

/// <summary>A search as SQL. Values are never part of the text.</summary>
internal static class CallSearch
{
    public static (string Where, object Values) Of(HistoryQuery query, PartyKey parties)
    {
        var where = new List<string> { "is_over" };
        var values = new DynamicParameters();
        void Add(string condition, string name, object value)
        {
            where.Add(condition);
            values.Add(name, value);
        }

        if (query.Number is not null && PartyNumber.Normal(query.Number) is { Length: > 0 } number)
        {
            Add("(party LIKE @number ESCAPE '\\' OR party_hash = @numberHash)", "number", Contains(number));
            // A redacted one is found by all of its digits only.
            values.Add("numberHash", parties.Of(query.Number) ?? "");
        }
        if (query.Since is { } since)
            Add("started_at >= @since", "since", since);
        if (query.Until is { } until)
            Add("started_at < @until", "until", until);
        if (query.Direction is { } direction)
            Add("direction = @direction", "direction", direction.ToString());
        if (query.Cause is { } cause)
            Add("cause = @cause", "cause", cause.ToString());
        if (!string.IsNullOrEmpty(query.Campaign))
            Add("id IN (SELECT call_id FROM campaign_attempts WHERE campaign_id = @campaign)", "campaign", query.Campaign);
        if (query.After is { } after)
        {
            Add("(started_at < @afterAt OR (started_at = @afterAt AND id > @afterId))", "afterAt", after.StartedAt);
            values.Add("afterId", after.Id);
        }
        if (!string.IsNullOrEmpty(query.Disposition))
            Add("disposition = @disposition", "disposition", StoredText.Clean(query.Disposition));
        if (query.Escalated is { } escalated)
            Add("is_escalated = @escalated", "escalated", escalated);
        foreach ((int index, string word) in (query.Words ?? "").ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Index())
            Add($"words LIKE @word{index.ToString(CultureInfo.InvariantCulture)} ESCAPE '\\'", $"word{index.ToString(CultureInfo.InvariantCulture)}", Contains(word));
        return (string.Join(" AND ", where), values);
    }

    private static string Contains(string text) => $"%{StoredText.Clean(text).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%";
}
