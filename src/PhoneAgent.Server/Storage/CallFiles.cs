using System.Globalization;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Server.Storage;

/// <summary>The files of one call: <c>2026-05-04/&lt;id&gt;.jsonl</c>, <c>.summary.json</c>, <c>.wav</c>.</summary>
internal sealed record CallFiles(string Timeline, string Summary, string Recording)
{
    public static CallFiles For(CallInfo call, string timelineFolder, string recordingFolder)
    {
        string day = call.StartedAt.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return new CallFiles(
            Path.Combine(timelineFolder, day, $"{call.Id}.jsonl"),
            Path.Combine(timelineFolder, day, $"{call.Id}.summary.json"),
            Path.Combine(recordingFolder, day, $"{call.Id}.wav"));
    }

    /// <summary>Opens a new file that others may read while it grows; makes its folder.</summary>
    public static FileStream Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, bufferSize: 1, useAsync: true);
    }
}
