using System.Collections.Concurrent;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Storage.History;

/// <summary>
/// The records on disk behind an index in memory: built in the background after the start, newest day first, and looked
/// through for what is new every few seconds. Paths come from what lies in the folders, never from a caller or a page.
/// </summary>
internal sealed partial class FileCallHistory : BackgroundService, ICallHistory
{
    private const int MaxCalls = 100_000;
    private const string TimelineEnd = ".jsonl";
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Indexed> _calls = new(StringComparer.Ordinal);
    private readonly Lock _deleting = new();
    private readonly string _timelines;
    private readonly string _recordings;
    private readonly LiveCalls _live;
    private readonly TimeProvider _time;
    private readonly ILogger<FileCallHistory> _logger;
    private volatile IReadOnlyList<Indexed> _newestFirst = [];
    private volatile bool _isComplete;

    public FileCallHistory(LoadedConfig config, LiveCalls live, TimeProvider time, ILogger<FileCallHistory> logger)
    {
        (_live, _time, _logger) = (live, time, logger);
        _timelines = config.PathOf(config.Options.Timeline.Folder);
        _recordings = config.Options.Recording.Folder is { } folder ? config.PathOf(folder) : _timelines;
    }

    private sealed record Indexed(CallRecord Record, string Words, CallFiles Files, DateTime WrittenAt);

    public IReadOnlyList<string> Dispositions =>
        [.. _newestFirst.Select(call => call.Record.Disposition).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(200)];

    public HistoryPage Search(HistoryQuery query)
    {
        List<CallRecord> found = [.. _newestFirst.Where(Fits(query)).Select(call => call.Record)];
        int first = (int)Math.Min((query.Page - 1L) * query.PageSize, found.Count);
        return new HistoryPage(found.GetRange(first, Math.Min(query.PageSize, found.Count - first)), found.Count, query.Page, query.PageSize, _isComplete);
    }

    public CallRecord? Find(string id) => _calls.GetValueOrDefault(id)?.Record;

    public async Task<IReadOnlyList<TimelineEvent>?> ReadAsync(string id, CancellationToken cancellationToken) =>
        _calls.TryGetValue(id, out Indexed? call) ? await RecordReader.ReadTimelineAsync(call.Files.Timeline, cancellationToken).ConfigureAwait(false) : null;

    public string? RecordingOf(string id) =>
        _calls.TryGetValue(id, out Indexed? call) && File.Exists(call.Files.Recording) ? call.Files.Recording : null;

    public int CountOf(string party) => Of(party).Count();

    public (int Deleted, int Failed) Delete(string party)
    {
        int deleted = 0, failed = 0;
        lock (_deleting)
        {
            foreach (Indexed call in Of(party).ToList())
            {
                if (TryDelete(call))
                    deleted++;
                else
                    failed++;
            }
            Sort();
        }
        return (deleted, failed);
    }

    /// <summary>Looks once through all folders, the newest day first.</summary>
    internal async Task ScanAsync(CancellationToken cancellationToken)
    {
        bool changed = false;
        var present = new HashSet<string>(StringComparer.Ordinal);
        foreach (string day in Days())
        {
            foreach (FileInfo file in TimelinesOf(day))
            {
                string id = file.Name[..^TimelineEnd.Length];
                present.Add(id);
                if (_live.Find(id) is { IsOver: false })
                    continue;
                CallFiles files = new(file.FullName, Path.Combine(day, $"{id}.summary.json"), Path.Combine(_recordings, Path.GetFileName(day), $"{id}.wav"));
                DateTime writtenAt = new FileInfo(files.Summary) is { Exists: true } summary && summary.LastWriteTimeUtc > file.LastWriteTimeUtc ? summary.LastWriteTimeUtc : file.LastWriteTimeUtc;
                if (_calls.TryGetValue(id, out Indexed? known) ? known.WrittenAt == writtenAt : _calls.Count >= MaxCalls)
                    continue;
                changed |= await AddAsync(id, files, writtenAt, cancellationToken).ConfigureAwait(false);
            }
            if (changed && !_isComplete)
                Sort();
        }
        foreach (string id in _calls.Keys.Where(id => !present.Contains(id)).ToList())
            changed |= _calls.TryRemove(id, out _);
        if (changed)
            Sort();
        _isComplete = true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        using var timer = new PeriodicTimer(Every, _time);
        do
        {
            try
            {
                await ScanAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Log.CannotRead(_logger, _timelines, e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private async Task<bool> AddAsync(string id, CallFiles files, DateTime writtenAt, CancellationToken cancellationToken)
    {
        // A record names its call; one that names another was put here by somebody.
        if (await RecordReader.ReadAsync(files, cancellationToken).ConfigureAwait(false) is not { } read || read.Record.Id != id)
            return false;
        lock (_deleting)
        {
            // Deleted while it was read: it does not come back.
            if (!File.Exists(files.Timeline))
                return false;
            _calls[id] = new Indexed(read.Record, read.Words, files, writtenAt);
        }
        return true;
    }

    private IEnumerable<string> Days() => Directory.Exists(_timelines)
        ? Directory.EnumerateDirectories(_timelines).Where(day => DateOnly.TryParseExact(Path.GetFileName(day), "yyyy-MM-dd", out _)).OrderDescending(StringComparer.Ordinal)
        : [];

    private static IEnumerable<FileInfo> TimelinesOf(string day) =>
        new DirectoryInfo(day).EnumerateFiles($"*{TimelineEnd}").Where(file => file.LinkTarget is null);

    private IEnumerable<Indexed> Of(string party)
    {
        string normal = PartyNumber.Normal(party);
        return normal.Length == 0 ? [] : _calls.Values.Where(call => PartyNumber.Normal(call.Record.Caller) == normal);
    }

    private static Func<Indexed, bool> Fits(HistoryQuery query)
    {
        string? number = query.Number is null ? null : PartyNumber.Normal(query.Number);
        string[] words = (query.Words ?? "").ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return call =>
            (string.IsNullOrEmpty(number) || PartyNumber.Normal(call.Record.Caller).Contains(number, StringComparison.Ordinal))
            && (query.From is not { } from || DateOnly.FromDateTime(call.Record.StartedAt.UtcDateTime) >= from)
            && (query.To is not { } to || DateOnly.FromDateTime(call.Record.StartedAt.UtcDateTime) <= to)
            && (string.IsNullOrEmpty(query.Disposition) || call.Record.Disposition == query.Disposition)
            && (query.Escalated is not { } escalated || call.Record.IsEscalated == escalated)
            && words.All(word => call.Words.Contains(word, StringComparison.Ordinal));
    }

    private bool TryDelete(Indexed call)
    {
        try
        {
            // The timeline last: while it is there the rest is found again.
            if (File.Exists(call.Files.Recording))
                File.Delete(call.Files.Recording);
            File.Delete(call.Files.Summary);
            File.Delete(call.Files.Timeline);
            return _calls.TryRemove(call.Record.Id, out _);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.CannotDelete(_logger, call.Record.Id, e.Message);
            return false;
        }
    }

    private void Sort() => _newestFirst = [.. _calls.Values.OrderByDescending(call => call.Record.StartedAt).ThenBy(call => call.Record.Id, StringComparer.Ordinal)];

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The records in {Folder} (timeline.folder) cannot be read: {Reason} The history is incomplete; it is tried again.")]
        public static partial void CannotRead(ILogger logger, string folder, string reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "Call {CallId}: its record cannot be deleted: {Reason}")]
        public static partial void CannotDelete(ILogger logger, string callId, string reason);
    }
}
