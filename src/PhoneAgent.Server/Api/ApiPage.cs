using System.Buffers.Text;
using System.Text;

namespace PhoneAgent.Server.Api;

/// <summary>One page of a list.</summary>
/// <param name="Items">At most as many as were asked for.</param>
/// <param name="Next">The cursor of the next page; null on the last one.</param>
internal sealed record ApiPage<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Where a list goes on. What is inside is our own affair: clients give back what they got.</summary>
internal static class ApiCursor
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;
    private const int MaxLength = 400;

    public static string Write(string position) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"1:{position}"));

    /// <summary>What is wrong with what a client sent; null when nothing is.</summary>
    /// <param name="position">Where the list goes on; null: at the beginning.</param>
    public static ApiProblem? Read(string? cursor, int? limit, out string? position)
    {
        position = null;
        if (limit is < 1 or > MaxLimit)
            return ApiProblem.BadRequest("query.limit", $"1 to {MaxLimit} is expected.");
        if (cursor is null)
            return null;
        if (cursor.Length <= MaxLength && Base64Url.IsValid(cursor))
        {
            string text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
            if (text.StartsWith("1:", StringComparison.Ordinal))
                position = text[2..];
        }
        return position is null ? Bad : null;
    }

    /// <summary>A page of a list that is in memory, in the order of its keys.</summary>
    public static ApiPage<T> Cut<T>(IEnumerable<T> ordered, Func<T, string> key, string? after, int? limit)
    {
        int take = limit ?? DefaultLimit;
        List<T> items = [.. (after is null ? ordered : ordered.SkipWhile(item => string.CompareOrdinal(key(item), after) <= 0)).Take(take + 1)];
        if (items.Count <= take)
            return new ApiPage<T>(items, null);
        items.RemoveAt(take);
        return new ApiPage<T>(items, Write(key(items[^1])));
    }

    public static ApiProblem Bad => ApiProblem.BadRequest("query.cursor", "This is no cursor of ours. Send what 'next' said, or none for the first page.");
}
