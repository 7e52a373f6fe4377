using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PhoneAgent.Server.Storage.Calls;

namespace PhoneAgent.Server.History;

/// <summary>Takes records out of this server: all that fit, page by page, so that memory stays small.</summary>
internal sealed class HistoryExport(ICallStore calls, RecordJson json, CancellationToken cancellationToken)
{
    private static readonly (string Title, string Field)[] Columns =
    [
        ("id", "id"), ("started", "startedAt"), ("direction", "direction"), ("caller", "caller"), ("called", "called"), ("seconds", "duration"),
        ("disposition", "disposition"), ("cause", "cause"), ("escalated", "isEscalated"), ("recording", "hasRecording"), ("summary", "summary"),
    ];

    public async Task WriteCsvAsync(HistoryQuery query, Stream stream)
    {
        var text = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true)) { NewLine = "\r\n" };
        await using (text.ConfigureAwait(false))
        {
            await text.WriteLineAsync(string.Join(',', Columns.Select(column => column.Title))).ConfigureAwait(false);
            await foreach (JsonObject record in RecordsAsync(query).ConfigureAwait(false))
                await text.WriteLineAsync(string.Join(',', Columns.Select(column => Cell(record[column.Field]?.ToString() ?? "")))).ConfigureAwait(false);
        }
    }

    /// <summary>RFC 4180; and what begins like a formula, which a spreadsheet would compute, begins with an apostrophe.</summary>
    internal static string Cell(string value)
    {
        if (value.Length > 0 && value[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n')
            value = $"'{value}";
        return value.AsSpan().IndexOfAny(",\"\r\n") < 0 ? value : $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    public async Task WriteJsonAsync(HistoryQuery query, Stream stream)
    {
        await stream.WriteAsync("[\n"u8.ToArray()).ConfigureAwait(false);
        bool first = true;
        await foreach (JsonObject record in RecordsAsync(query).ConfigureAwait(false))
        {
            if (!first)
                await stream.WriteAsync(",\n"u8.ToArray()).ConfigureAwait(false);
            first = false;
            await JsonSerializer.SerializeAsync(stream, record, RecordJson.Options).ConfigureAwait(false);
        }
        await stream.WriteAsync("\n]\n"u8.ToArray()).ConfigureAwait(false);
    }

    private async IAsyncEnumerable<JsonObject> RecordsAsync(HistoryQuery query)
    {
        HistoryPage page;
        for (int number = query.Page; ; number++)
        {
            page = await calls.SearchAsync(query with { Page = number }, cancellationToken).ConfigureAwait(false);
            foreach (CallRecord call in page.Calls)
                yield return json.Of(call);
            if (number >= page.Pages)
                yield break;
        }
    }
}
