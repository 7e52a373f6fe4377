using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PhoneAgent.Server.Storage.Calls;

namespace PhoneAgent.Server.History;

/// <summary>Takes records out of this server, one after the other, so that memory stays small.</summary>
/// <param name="records">Which.</param>
/// <param name="json">How much of them.</param>
internal sealed class HistoryExport(ICallStore calls, IAsyncEnumerable<CallRecord> records, RecordJson json, CancellationToken cancellationToken)
{
    private static readonly (string Title, string Field)[] Columns =
    [
        ("id", "id"), ("started", "startedAt"), ("direction", "direction"), ("caller", "caller"), ("called", "called"), ("seconds", "duration"),
        ("disposition", "disposition"), ("cause", "cause"), ("escalated", "isEscalated"), ("recording", "hasRecording"), ("summary", "summary"),
    ];

    public async Task WriteCsvAsync(Stream stream)
    {
        var text = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true)) { NewLine = "\r\n" };
        await using (text.ConfigureAwait(false))
        {
            await text.WriteLineAsync(string.Join(',', Columns.Select(column => column.Title))).ConfigureAwait(false);
            await foreach (CallRecord call in records.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                JsonObject record = json.Of(call);
                await text.WriteLineAsync(string.Join(',', Columns.Select(column => Cell(record[column.Field]?.ToString() ?? "")))).ConfigureAwait(false);
            }
        }
    }

    /// <summary>RFC 4180; and what begins like a formula, which a spreadsheet would compute, begins with an apostrophe.</summary>
    internal static string Cell(string value)
    {
        if (value.Length > 0 && value[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n')
            value = $"'{value}";
        return value.AsSpan().IndexOfAny(",\"\r\n") < 0 ? value : $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    public async Task WriteJsonAsync(Stream stream)
    {
        await stream.WriteAsync("[\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        bool first = true;
        await foreach (CallRecord call in records.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (!first)
                await stream.WriteAsync(",\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
            first = false;
            await JsonSerializer.SerializeAsync(stream, json.Of(call), RecordJson.Options, cancellationToken).ConfigureAwait(false);
        }
        await stream.WriteAsync("\n]\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A call a line, with all that is kept of it but its sound.</summary>
    public async Task WriteLinesAsync(Stream stream)
    {
        await foreach (CallRecord call in records.WithCancellation(cancellationToken).ConfigureAwait(false))
            await WriteLineAsync(call, stream).ConfigureAwait(false);
    }

    /// <summary>The lines as <c>calls.jsonl</c>, and the recordings that are on this machine as <c>recordings/ID.wav</c>.</summary>
    public async Task WriteZipAsync(Stream stream)
    {
        var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        await using (zip.ConfigureAwait(false))
        {
            // An archive is written entry by entry.
            List<CallRecord> all = await records.ToListAsync(cancellationToken).ConfigureAwait(false);
            Stream lines = await zip.CreateEntry("calls.jsonl").OpenAsync(cancellationToken).ConfigureAwait(false);
            await using (lines.ConfigureAwait(false))
            {
                foreach (CallRecord call in all)
                    await WriteLineAsync(call, lines).ConfigureAwait(false);
            }
            foreach (CallRecord call in all)
                if (await calls.RecordingOfAsync(call.Id, cancellationToken).ConfigureAwait(false) is { } file)
                    await zip.CreateEntryFromFileAsync(file, $"recordings/{call.Id}.wav", cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WriteLineAsync(CallRecord call, Stream stream)
    {
        JsonObject whole = await json.WholeAsync(call, calls, cancellationToken).ConfigureAwait(false);
        await JsonSerializer.SerializeAsync(stream, whole, RecordJson.Options, cancellationToken).ConfigureAwait(false);
        await stream.WriteAsync("\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
    }
}
