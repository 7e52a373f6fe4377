using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Storage.Redaction;

namespace PhoneAgent.Server.History;

/// <summary>Records as they leave this server; redacted for those who may look at them here and no more. Thread-safe.</summary>
internal sealed class RecordJson(bool isRedacted)
{
    public static readonly JsonSerializerOptions Options = new(TimelineJson.Line) { DefaultIgnoreCondition = JsonIgnoreCondition.Never };

    private static readonly TimelineOptions All = new() { Redact = RedactionChoice.NumbersAndProfanity };

    private readonly RecordRedactor? _redactor = isRedacted ? RecordRedactor.For(All) : null;

    public JsonObject Of(CallRecord call) => Redact(JsonSerializer.SerializeToNode(call, Options)!.AsObject());

    public JsonArray Of(IEnumerable<TimelineEvent> events) =>
        new([.. events.Select(happened => Redact(JsonSerializer.SerializeToNode(happened, Options)!.AsObject()))]);

    public JsonArray Of(IEnumerable<CallLine> lines) =>
        new([.. lines.Select(line => Redact(JsonSerializer.SerializeToNode(line, Options)!.AsObject()))]);

    /// <summary>The record with transcript and timeline; null for what is not kept any more.</summary>
    public async Task<JsonObject> WholeAsync(CallRecord call, ICallStore calls, CancellationToken cancellationToken)
    {
        JsonObject whole = Of(call);
        whole["transcript"] = Of(await calls.ReadTranscriptAsync(call.Id, cancellationToken).ConfigureAwait(false));
        whole["timeline"] = await calls.ReadTimelineAsync(call.Id, cancellationToken).ConfigureAwait(false) is { } events ? Of(events) : null;
        return whole;
    }

    public JsonObject Of(HistoryPage page)
    {
        JsonObject json = JsonSerializer.SerializeToNode(page, Options)!.AsObject();
        json["calls"] = new JsonArray([.. page.Calls.Select(Of)]);
        return json;
    }

    private JsonObject Redact(JsonObject record)
    {
        if (_redactor is null)
            return record;
        // The id is ours; the caller is who must not be told, also where he has a name or a short number.
        string? id = record["id"]?.GetValue<string>();
        _redactor.Apply(record);
        if (id is not null)
            record["id"] = id;
        if (record.ContainsKey("caller"))
            record["caller"] = "(redacted)";
        return record;
    }
}
