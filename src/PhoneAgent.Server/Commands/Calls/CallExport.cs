using System.CommandLine;
using PhoneAgent.Server.History;
using PhoneAgent.Server.Storage.Calls;

namespace PhoneAgent.Server.Commands.Calls;

/// <summary><c>calls export</c>: what the history page exports, and more of it.</summary>
internal static class CallExport
{
    public static Command Create(CallFilters filters, CallLeaf leaf)
    {
        var ids = new Argument<string[]>("call") { Description = "Only these, by their ids.", Arity = ArgumentArity.ZeroOrMore };
        var output = new Option<FileInfo?>("--output", "-o") { Description = "Writes into this file, which only you may read.", HelpName = "file" };
        var format = new Option<ExportFormat?>("--format")
        {
            Description = "csv or json: a record a call; jsonl: a line a call, with transcript and timeline; zip: that and the recordings. By the ending of --output when absent, else jsonl.",
        };
        var unredacted = new Option<bool>("--unredacted") { Description = "Numbers and words as they were; without it they are taken out." };
        return leaf("export", "Takes calls out of the database.", [ids, .. filters.Options, output, format, unredacted], (result, tools, token) =>
            RunAsync(tools, result.GetValue(ids)!, filters.Of(result), result.GetValue(output), result.GetValue(format), result.GetValue(unredacted), token));
    }

    private static async Task<int> RunAsync(
        CallTools tools, string[] ids, HistoryQuery query, FileInfo? output, ExportFormat? asked, bool unredacted, CancellationToken cancellationToken)
    {
        if (query.Problem() is { } problem)
            return tools.Refuse(problem);
        ExportFormat format = asked ?? (output is not null && Enum.TryParse(output.Extension.TrimStart('.'), ignoreCase: true, out ExportFormat ending) ? ending : ExportFormat.Jsonl);
        if (format == ExportFormat.Zip && output is null)
            return tools.Refuse("An archive needs a file: --output calls.zip.");
        if (format == ExportFormat.Zip && !unredacted)
            return tools.Refuse("Nothing can be taken out of a recording: say --unredacted, or export without sound (--format jsonl).");
        if (ids.Length > 0 && query != new HistoryQuery())
            return tools.Refuse("Name calls by their ids, or by what they have in common, not both.");
        var named = new List<CallRecord>();
        foreach (string id in ids)
        {
            if (await tools.Calls.FindAsync(id, cancellationToken).ConfigureAwait(false) is not { } call)
                return tools.Refuse(tools.NoCall(id));
            named.Add(call);
        }
        IAsyncEnumerable<CallRecord> records = ids.Length > 0 ? named.ToAsyncEnumerable() : tools.Calls.AllAsync(query, cancellationToken);
        var export = new HistoryExport(tools.Calls, records, new RecordJson(isRedacted: !unredacted), cancellationToken);
        try
        {
            if (output is null)
            {
                await using Stream standard = Console.OpenStandardOutput();
                await WriteAsync(export, format, standard).ConfigureAwait(false);
            }
            else
            {
                await WriteAsync(export, format, output).ConfigureAwait(false);
                tools.Error.WriteLine($"Written: {output.FullName}");
            }
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return tools.Refuse($"The export cannot be written: {e.Message}");
        }
    }

    /// <summary>Under its name only when it is whole.</summary>
    private static async Task WriteAsync(HistoryExport export, ExportFormat format, FileInfo output)
    {
        string part = $"{output.FullName}.{Guid.NewGuid():N}.part";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            await using (var stream = new FileStream(part, options))
                await WriteAsync(export, format, stream).ConfigureAwait(false);
            File.Move(part, output.FullName, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }

    private static Task WriteAsync(HistoryExport export, ExportFormat format, Stream stream) => format switch
    {
        ExportFormat.Csv => export.WriteCsvAsync(stream),
        ExportFormat.Json => export.WriteJsonAsync(stream),
        ExportFormat.Zip => export.WriteZipAsync(stream),
        _ => export.WriteLinesAsync(stream),
    };

    private enum ExportFormat
    {
        Csv,
        Json,
        Jsonl,
        Zip,
    }
}
