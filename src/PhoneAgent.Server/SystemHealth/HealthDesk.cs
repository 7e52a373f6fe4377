using System.Reflection;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Http;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Supervision;
using PhoneAgent.Telephony.Sip;

namespace PhoneAgent.Server.SystemHealth;

/// <summary>Gathers how the server is doing. Thread-safe; cheap enough for a look every second.</summary>
internal sealed class HealthDesk(IServiceProvider services, LiveCalls calls, ListenDesk listening, ServerState state, CallWriter writer, LoadedConfig config, TimeProvider time)
{
    private const long LeastFree = 1L << 30;

    // Looks that come at once share a measurement: a share of nothing says nothing.
    private static readonly TimeSpan LeastSpan = TimeSpan.FromMilliseconds(500);

    private readonly long _startedAt = time.GetTimestamp();
    private readonly Lock _lock = new();
    private TimeSpan _processor = Environment.CpuUsage.TotalTime;
    private long _processorAt = time.GetTimestamp();
    private double? _load;

    public static string Version { get; } =
        typeof(HealthDesk).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public HealthReport Look()
    {
        // Lazy: to look at the page must not load engines that no call has needed yet.
        EngineSet? engines = services.GetService<Lazy<EngineSet>>() is { IsValueCreated: true } loaded ? loaded.Value : null;
        return new HealthReport
        {
            Version = Version,
            Phase = state.Phase.ToString().ToLowerInvariant(),
            Uptime = time.GetElapsedTime(_startedAt),
            Calls = calls.Running,
            Listeners = listening.Open,
            ProcessorLoad = ProcessorLoad(),
            MemoryBytes = Environment.WorkingSet,
            Media = MediaOf([.. calls.All.Where(call => !call.IsOver)]),
            Engines = EnginesOf(engines),
            Providers = engines?.Watch.Statuses ?? [],
            Registrations = services.GetService<SipPhoneLine>()?.Registrations ?? [],
            Disk = DiskOf(config.PathOf(config.Options.Timeline.Folder)),
            Storage = new StorageHealth(writer.Written, writer.Dropped, writer.Problem),
        };
    }

    private double? ProcessorLoad()
    {
        lock (_lock)
        {
            TimeSpan span = time.GetElapsedTime(_processorAt);
            if (span < LeastSpan)
                return _load;
            TimeSpan now = Environment.CpuUsage.TotalTime;
            _load = Math.Clamp((now - _processor) / span / Environment.ProcessorCount, 0, 1);
            (_processor, _processorAt) = (now, time.GetTimestamp());
            return _load;
        }
    }

    private static MediaHealth MediaOf(IReadOnlyList<LiveCall> running)
    {
        var media = new MediaHealth(0, 0, 0, 0, 0, TimeSpan.Zero);
        foreach (LiveCall call in running)
        {
            long dropped = call.Timeline.Snapshot().OfType<TimelineEvent.Dropped>().Sum(drop => drop.Count);
            if (call.Media is { } one)
                media = new MediaHealth(media.PacketsReceived + one.PacketsReceived, media.PacketsLost + one.PacketsLost,
                    media.PacketsRecovered + one.PacketsRecovered, media.FramesConcealed + one.FramesConcealed,
                    media.FramesDropped, one.Jitter > media.WorstJitter ? one.Jitter : media.WorstJitter);
            media = media with { FramesDropped = media.FramesDropped + dropped };
        }
        return media;
    }

    private static EngineHealth EnginesOf(EngineSet? set) => set is null
        ? new EngineHealth(false, null, null, null, new Dictionary<string, string>())
        : new EngineHealth(true, set.Engines.VoiceDetector.Name,
            set.Model is null ? null : "language model", set.Engines.Tone?.Classifier.Name, set.Unusable);

    private static DiskHealth DiskOf(string folder)
    {
        try
        {
            string? there = folder;
            while (there is not null && !Directory.Exists(there))
                there = Path.GetDirectoryName(there);
            var drive = new DriveInfo(there ?? "/");
            long free = drive.AvailableFreeSpace;
            return new DiskHealth(free, drive.TotalSize, free < LeastFree ? $"Only {free >> 20} MiB are free where records go ({folder})." : null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return new DiskHealth(null, null, $"The disk of {folder} cannot be asked: {e.Message}");
        }
    }
}
