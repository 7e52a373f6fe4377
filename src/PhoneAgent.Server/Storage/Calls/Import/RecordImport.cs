using System.Data.Common;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Storage.Calls.Import;

/// <summary>
/// Takes calls that earlier versions kept as files (<c>calls/&lt;day&gt;/&lt;id&gt;.jsonl</c>) into the database, once, the newest day
/// first, beside the calls that run. A file that is in the database is deleted, so that what is to be forgotten lies in one place;
/// recordings stay where they are, and files that are no records.
/// </summary>
internal sealed partial class RecordImport(LoadedConfig config, ICallLog log, RecordingFolder recordings, ImportState state, ILogger<RecordImport> logger) : BackgroundService
{
    private const string TimelineEnd = ".jsonl";
    private const int CallsAtOnce = 20;

    private readonly string _folder = config.PathOf(config.Options.Timeline.Folder);

    /// <summary>Looks through all folders; returns how many calls came over.</summary>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        int imported = 0;
        foreach (string day in Days())
            foreach (FileInfo[] some in TimelinesOf(day).ToList().Chunk(CallsAtOnce))
                imported += await ImportAsync(day, some, cancellationToken).ConfigureAwait(false);
        state.IsComplete = true;
        if (imported > 0)
            Log.Imported(logger, imported, _folder);
        return imported;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await RunOnceAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException)
        {
            Log.Failed(logger, _folder, e.Message);
        }
    }

    private async Task<int> ImportAsync(string day, FileInfo[] timelines, CancellationToken cancellationToken)
    {
        var changes = new List<CallChange>();
        var done = new List<RecordFiles>();
        foreach (FileInfo timeline in timelines)
        {
            RecordFiles files = FilesOf(day, timeline);
            if (await RecordReader.ReadAsync(files, cancellationToken).ConfigureAwait(false) is not { } call)
                continue;
            changes.AddRange(call);
            done.Add(files);
        }
        if (done.Count == 0)
            return 0;
        await log.WriteAsync(changes, cancellationToken).ConfigureAwait(false);
        foreach (RecordFiles files in done)
        {
            File.Delete(files.Summary);
            File.Delete(files.Timeline);
        }
        return done.Count;
    }

    private RecordFiles FilesOf(string day, FileInfo timeline)
    {
        string id = timeline.Name[..^TimelineEnd.Length];
        string recording = $"{Path.GetFileName(day)}/{id}.wav";
        return new RecordFiles(id, timeline.FullName, Path.Combine(day, $"{id}.summary.json"), recordings.Find(recording) is { } path && File.Exists(path) ? recording : null);
    }

    private IEnumerable<string> Days() => Directory.Exists(_folder)
        ? Directory.EnumerateDirectories(_folder).Where(day => DateOnly.TryParseExact(Path.GetFileName(day), "yyyy-MM-dd", out _)).OrderDescending(StringComparer.Ordinal)
        : [];

    private static IEnumerable<FileInfo> TimelinesOf(string day) =>
        new DirectoryInfo(day).EnumerateFiles($"*{TimelineEnd}").Where(file => file.LinkTarget is null);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Count} calls of an earlier version came from {Folder} into the database; their recordings stay where they are")]
        public static partial void Imported(ILogger logger, int count, string folder);

        [LoggerMessage(Level = LogLevel.Error, Message = "The records of an earlier version in {Folder} (timeline.folder) are not all in the database: {Reason} The next start tries again.")]
        public static partial void Failed(ILogger logger, string folder, string reason);
    }
}
