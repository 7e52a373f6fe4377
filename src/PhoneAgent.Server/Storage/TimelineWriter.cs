using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using PhoneAgent.Server.Storage.Redaction;

namespace PhoneAgent.Server.Storage;

/// <summary>Writes the events of a call as they happen, one JSON object a line. A disk that fails costs the file, not the call.</summary>
internal static partial class TimelineWriter
{
    private static readonly byte[] NewLine = "\n"u8.ToArray();

    /// <summary>Runs until <paramref name="events"/> completes. Every event is on its way to the disk when no other waits.</summary>
    /// <param name="open">Opens the file; called once. The stream is disposed here.</param>
    /// <param name="redactor">Applied to what is written only; null for none.</param>
    /// <returns>True when every event was written.</returns>
    public static async Task<bool> RunAsync(ChannelReader<TimelineEvent> events, Func<Stream> open, RecordRedactor? redactor, ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            Stream stream = open();
            await using (stream.ConfigureAwait(false))
            {
                using var batch = new MemoryStream();
                while (await events.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    batch.SetLength(0);
                    while (events.TryRead(out TimelineEvent? timelineEvent))
                    {
                        Write(batch, timelineEvent, redactor);
                        batch.Write(NewLine);
                    }
                    await stream.WriteAsync(batch.GetBuffer().AsMemory(0, (int)batch.Length), cancellationToken).ConfigureAwait(false);
                    await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
                }
            }
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.CannotWrite(logger, e.Message);
            return false;
        }
    }

    private static void Write(Stream to, TimelineEvent timelineEvent, RecordRedactor? redactor)
    {
        if (redactor is null)
        {
            JsonSerializer.Serialize(to, timelineEvent, TimelineJson.Line);
            return;
        }
        JsonObject record = JsonSerializer.SerializeToNode(timelineEvent, TimelineJson.Line)!.AsObject();
        redactor.Apply(record);
        JsonSerializer.Serialize(to, record, TimelineJson.Line);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The timeline of this call cannot be written: {Reason} The call goes on. Check timeline.folder and the space on its disk.")]
        public static partial void CannotWrite(ILogger logger, string reason);
    }
}
