using System.Text;
using System.Text.Json;

namespace PhoneAgent.Server.Storage.Calls.Import;

/// <summary>Reads what an earlier version kept of one call in files. Those that were cut off, or are no records, are read as far as they go.</summary>
internal static class RecordReader
{
    private const long MaxFileBytes = 32 << 20;

    /// <summary>What the call was; null when these are no files of a call, or of another one than their name says.</summary>
    public static async Task<IReadOnlyList<CallChange>?> ReadAsync(RecordFiles files, CancellationToken cancellationToken)
    {
        List<byte[]> lines = [];
        List<TimelineEvent> events = [];
        if (!IsReadable(files.Timeline))
            return null;
        await foreach (string line in File.ReadLinesAsync(files.Timeline, cancellationToken).ConfigureAwait(false))
        {
            byte[] json = Encoding.UTF8.GetBytes(line);
            if (json.Length == 0 || TimelineRecord.Read(json) is not { } happened)
                continue;
            lines.Add(json);
            events.Add(happened);
        }
        // A record names its call; one that names another was put here by somebody.
        if (events.OfType<TimelineEvent.CallStarted>().FirstOrDefault() is not { } started || started.CallId != files.Id)
            return null;
        (CallSummary? summary, string? report) = await ReadSummaryAsync(files.Summary, cancellationToken).ConfigureAwait(false);
        var began = new CallChange.Began(started.CallId, null, started.Direction, started.Caller, started.Called, started.WallClock, files.Recording);
        return
        [
            .. lines.Select((json, number) => new CallChange.Happened(started.CallId, number, events[number].At, json)),
            new CallChange.Over(began, CallDigest.Of(events, summary, report), []),
        ];
    }

    private static async Task<(CallSummary? Summary, string? Json)> ReadSummaryAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            if (!IsReadable(path))
                return default;
            string json = await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false);
            return (JsonSerializer.Deserialize<CallSummary>(json, TimelineJson.Document), json);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return default;
        }
    }

    private static bool IsReadable(string path) => new FileInfo(path) is { Exists: true, Length: <= MaxFileBytes };
}

/// <summary>The files that an earlier version kept of a call.</summary>
/// <param name="Recording">Its name below the folder of recordings; null for none.</param>
internal sealed record RecordFiles(string Id, string Timeline, string Summary, string? Recording);
