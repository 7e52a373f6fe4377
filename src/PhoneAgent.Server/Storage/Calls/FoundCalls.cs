using System.Runtime.CompilerServices;

namespace PhoneAgent.Server.Storage.Calls;

/// <summary>All calls of a search, however many.</summary>
internal static class FoundCalls
{
    /// <summary>Read piece by piece, so that memory stays small. Calls that end or are deleted meanwhile leave none out and bring none twice.</summary>
    public static async IAsyncEnumerable<CallRecord> AllAsync(this ICallStore calls, HistoryQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyList<CallRecord> piece;
        do
        {
            piece = (await calls.SearchAsync(query with { Page = 1, PageSize = HistoryQuery.MaxPageSize }, cancellationToken).ConfigureAwait(false)).Calls;
            foreach (CallRecord call in piece)
                yield return call;
            if (piece.Count > 0)
                query = query with { After = (piece[^1].StartedAt, piece[^1].Id) };
        }
        while (piece.Count == HistoryQuery.MaxPageSize);
    }
}
