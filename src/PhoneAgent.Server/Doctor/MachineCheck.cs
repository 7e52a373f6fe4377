using System.Globalization;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Doctor;

/// <summary>Folders that must be writable, space on their disk, and open files.</summary>
internal static class MachineCheck
{
    // A call has an RTP and an RTCP socket, a timeline and a recording; the rest is the process itself.
    private const int FilesPerCall = 4;
    private const int FilesBesides = 200;
    private const long LowSpace = 1L << 30;

    public static IEnumerable<CheckResult> Run(LoadedConfig config)
    {
        PhoneAgentOptions options = config.Options;
        if (options.Timeline.Enabled)
            yield return Folder("timeline", "timeline.folder", config.PathOf(options.Timeline.Folder));
        if (options.Recording.Enabled)
            yield return Folder("recording", "recording.folder", config.PathOf(options.Recording.Folder ?? options.Timeline.Folder));
        else
            yield return CheckResult.Ok("recording", "off (recording.enabled)");
        yield return OpenFiles(options.Sip.MaxCalls);
    }

    private static CheckResult Folder(string area, string key, string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            string probe = Path.Combine(path, $".doctor-{Environment.ProcessId}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
            long free = new DriveInfo(path).AvailableFreeSpace;
            return free < LowSpace
                ? CheckResult.Warn(area, $"{path} has {free >> 20} MB left", "A recording takes 230 MB an hour. Make room, or move it with " + key + ".")
                : CheckResult.Ok(area, $"{path} is writable, {free >> 30} GB free");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return CheckResult.Fail(area, $"{path} cannot be written: {e.Message}", $"Change its owner, or {key}.");
        }
    }

    private static CheckResult OpenFiles(int maxCalls)
    {
        const string area = "open files";
        long needed = (long)maxCalls * FilesPerCall + FilesBesides;
        if (ReadLimit() is not { } limit)
            return CheckResult.Ok(area, "this system tells no limit");
        return limit >= needed
            ? CheckResult.Ok(area, $"{limit} allowed; {maxCalls} calls need about {needed}")
            : CheckResult.Warn(area, $"{limit} allowed, but sip.max_calls: {maxCalls} needs about {needed}",
                $"'ulimit -n {needed}' before the start, LimitNOFILE= in a systemd unit, or a lower sip.max_calls.");
    }

    private static long? ReadLimit()
    {
        const string limits = "/proc/self/limits";
        if (!File.Exists(limits))
            return null;
        string? line = File.ReadLines(limits).FirstOrDefault(l => l.StartsWith("Max open files", StringComparison.Ordinal));
        string[] fields = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return fields.Length > 3 && long.TryParse(fields[3], NumberStyles.None, CultureInfo.InvariantCulture, out long soft) ? soft : null;
    }
}
