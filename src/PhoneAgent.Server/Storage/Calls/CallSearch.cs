using System.Globalization;
using Dapper;

namespace PhoneAgent.Server.Storage.Calls;

/// <summary>A search as SQL. Values are never part of the text.</summary>
internal static class CallSearch
{
    public static (string Where, object Values) Of(HistoryQuery query)
    {
        var where = new List<string> { "is_over" };
        var values = new DynamicParameters();
        void Add(string condition, string name, object value)
        {
            where.Add(condition);
            values.Add(name, value);
        }

        if (query.Number is not null && PartyNumber.Normal(query.Number) is { Length: > 0 } number)
            Add("party LIKE @number ESCAPE '\\'", "number", Contains(number));
        if (query.From is { } from)
            Add("started_at >= @from", "from", StartOf(from));
        if (query.To is { } to)
            Add("started_at < @to", "to", StartOf(to.AddDays(1)));
        if (!string.IsNullOrEmpty(query.Disposition))
            Add("disposition = @disposition", "disposition", query.Disposition);
        if (query.Escalated is { } escalated)
            Add("is_escalated = @escalated", "escalated", escalated);
        foreach ((int index, string word) in (query.Words ?? "").ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Index())
            Add($"words LIKE @word{index.ToString(CultureInfo.InvariantCulture)} ESCAPE '\\'", $"word{index.ToString(CultureInfo.InvariantCulture)}", Contains(word));
        return (string.Join(" AND ", where), values);
    }

    private static DateTimeOffset StartOf(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    private static string Contains(string text) => $"%{StoredText.Clean(text).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%";
}
