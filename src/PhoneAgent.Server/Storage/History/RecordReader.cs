using System.Text;
using System.Text.Json;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Server.Storage.History;

/// <summary>Reads what is kept of one call. Files that were cut off, or are no records, are read as far as they go.</summary>
internal static class RecordReader
{
    private const long MaxFileBytes = 32 << 20;
    private const int MaxWords = 20_000;

    /// <summary>The events of a timeline; null when it cannot be read.</summary>
    public static async Task<IReadOnlyList<TimelineEvent>?> ReadTimelineAsync(string path, CancellationToken cancellationToken)
    {
        var events = new List<TimelineEvent>();
        try
        {
            if (new FileInfo(path) is not { Exists: true, Length: <= MaxFileBytes })
                return null;
            await foreach (string line in File.ReadLinesAsync(path, cancellationToken).ConfigureAwait(false))
                if (Parse(line) is { } happened)
                    events.Add(happened);
            return events;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The record of a call and the words that it is found by; null when these are no files of a call.</summary>
    public static async Task<(CallRecord Record, string Words)?> ReadAsync(CallFiles files, CancellationToken cancellationToken)
    {
        if (await ReadTimelineAsync(files.Timeline, cancellationToken).ConfigureAwait(false) is not { } events
            || events.OfType<TimelineEvent.CallStarted>().FirstOrDefault() is not { } started)
            return null;
        TimelineEvent.Ended? ended = events.OfType<TimelineEvent.Ended>().LastOrDefault();
        (string? summary, string? disposition) = await ReadSummaryAsync(files.Summary, cancellationToken).ConfigureAwait(false);
        var record = new CallRecord
        {
            Id = started.CallId,
            StartedAt = started.WallClock,
            Direction = started.Direction,
            Caller = started.Caller,
            Called = started.Called,
            Duration = events[^1].At,
            Disposition = disposition ?? ended?.Disposition,
            Cause = ended?.Cause,
            IsEscalated = events.OfType<TimelineEvent.Escalated>().Any(),
            Summary = summary,
            HasRecording = File.Exists(files.Recording),
        };
        return (record, WordsOf(events, summary));
    }

    private static TimelineEvent? Parse(string line)
    {
        try
        {
            return line.Length == 0 ? null : JsonSerializer.Deserialize<TimelineEvent>(line, TimelineJson.Line);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            // The last line of a call that was cut off, or an event of another version.
            return null;
        }
    }

    private static async Task<(string? Summary, string? Disposition)> ReadSummaryAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            if (new FileInfo(path) is not { Exists: true, Length: <= MaxFileBytes })
                return default;
            byte[] bytes = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
            CallSummary? summary = JsonSerializer.Deserialize<CallSummary>(bytes, TimelineJson.Document);
            return (summary?.AfterCall?.Summary, summary?.AfterCall?.Disposition ?? summary?.Disposition);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or NotSupportedException)
        {
            return default;
        }
    }

    private static string WordsOf(IEnumerable<TimelineEvent> events, string? summary)
    {
        var words = new StringBuilder(summary).Append('\n');
        foreach (TimelineEvent happened in events)
        {
            string? text = happened switch
            {
                TimelineEvent.Final { Outcome: RecognitionOutcome.Recognized } final => final.Text,
                TimelineEvent.Heard heard => heard.Text,
                TimelineEvent.Noted noted => noted.Value,
                TimelineEvent.Supervised supervised => supervised.Text,
                _ => null,
            };
            if (text is not null && words.Length + text.Length < MaxWords)
                words.Append(text).Append('\n');
        }
        return words.ToString().ToLowerInvariant();
    }
}
