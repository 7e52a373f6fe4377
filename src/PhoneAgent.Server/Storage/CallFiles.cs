using System.Globalization;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Server.Storage;

/// <summary>The file of a call besides what is in the database: its recording.</summary>
internal static class CallFiles
{
    /// <summary>Below the folder of recordings: <c>2026-05-04/&lt;id&gt;.wav</c>.</summary>
    public static string RecordingOf(CallInfo call) =>
        $"{call.StartedAt.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}/{call.Id}.wav";

    /// <summary>Opens a new file that others may read while it grows; makes its folder.</summary>
    public static FileStream Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, bufferSize: 1, useAsync: true);
    }
}
