using System.Text.Json;
using System.Text.Json.Nodes;
using PhoneAgent.Server.Storage.Redaction;

namespace PhoneAgent.Server.Storage.Calls;

/// <summary>One event as it is kept: a JSON object.</summary>
internal static class TimelineRecord
{
    /// <param name="redactor">Applied to what is written only; null for none.</param>
    public static byte[] Write(TimelineEvent happened, RecordRedactor? redactor)
    {
        if (redactor is null)
            return JsonSerializer.SerializeToUtf8Bytes(happened, TimelineJson.Line);
        JsonObject record = JsonSerializer.SerializeToNode(happened, TimelineJson.Line)!.AsObject();
        redactor.Apply(record);
        return JsonSerializer.SerializeToUtf8Bytes(record, TimelineJson.Line);
    }

    /// <summary>Null for what this version does not know.</summary>
    public static TimelineEvent? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<TimelineEvent>(json, TimelineJson.Line);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return null;
        }
    }
}
