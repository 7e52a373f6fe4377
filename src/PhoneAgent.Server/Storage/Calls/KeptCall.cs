using System.Text.Json;
using System.Text.Json.Nodes;
using PhoneAgent.Server.Storage.Redaction;

namespace PhoneAgent.Server.Storage.Calls;

/// <summary>One call on its way into the database. <see cref="EndAsync"/> is called once, when its timeline is complete.</summary>
internal sealed class KeptCall
{
    private readonly CallWriter _writer;
    private readonly CallChange.Began _call;
    private readonly RecordRedactor? _redactor;
    private readonly Task<List<CallChange.Happened>> _following;

    internal KeptCall(CallWriter writer, CallChange.Began call, CallTimeline timeline, RecordRedactor? redactor)
    {
        (_writer, _redactor) = (writer, redactor);
        string caller = Redacted(call.Caller);
        _call = call with { Caller = caller, PartyHash = caller == call.Caller ? null : writer.HashOf(call.Caller) };
        var events = timeline.Subscribe();
        _following = Task.Run(() => FollowAsync(events));
    }

    /// <summary>Waits until the record is in the database, or for a while.</summary>
    /// <param name="events">All of them.</param>
    public async Task<bool> EndAsync(IReadOnlyList<TimelineEvent> events, CallSummary summary)
    {
        List<CallChange.Happened> missed = await _following.ConfigureAwait(false);
        (string report, CallSummary redacted) = ReportOf(summary);
        return await _writer.WriteAsync(new CallChange.Over(_call, CallDigest.Of(RedactedOf(events), redacted, report), missed)).ConfigureAwait(false);
    }

    /// <summary>Puts another summary into the place of the first.</summary>
    public Task<bool> ReportAsync(CallSummary summary)
    {
        (string report, CallSummary redacted) = ReportOf(summary);
        return _writer.WriteAsync(new CallChange.Reported(_call.CallId, report, redacted.AfterCall?.Summary, redacted.AfterCall?.Disposition));
    }

    /// <returns>What found no place in the queue.</returns>
    private async Task<List<CallChange.Happened>> FollowAsync(System.Threading.Channels.ChannelReader<TimelineEvent> events)
    {
        var missed = new List<CallChange.Happened>();
        int number = 0;
        _writer.TryWrite(_call);
        await foreach (TimelineEvent happened in events.ReadAllAsync().ConfigureAwait(false))
        {
            var change = new CallChange.Happened(_call.CallId, number++, happened.At, TimelineRecord.Write(happened, _redactor));
            if (!_writer.TryWrite(change))
                missed.Add(change);
        }
        return missed;
    }

    private (string Json, CallSummary Redacted) ReportOf(CallSummary summary)
    {
        JsonObject record = JsonSerializer.SerializeToNode(summary, TimelineJson.Line)!.AsObject();
        _redactor?.Apply(record);
        return (record.ToJsonString(TimelineJson.Line), _redactor is null ? summary : record.Deserialize<CallSummary>(TimelineJson.Line)!);
    }

    private IReadOnlyList<TimelineEvent> RedactedOf(IReadOnlyList<TimelineEvent> events) => _redactor is null
        ? events
        : [.. events.Select(happened => TimelineRecord.Read(TimelineRecord.Write(happened, _redactor))).OfType<TimelineEvent>()];

    private string Redacted(string caller)
    {
        if (_redactor is null)
            return caller;
        var record = new JsonObject { ["caller"] = caller };
        _redactor.Apply(record);
        return record["caller"]!.GetValue<string>();
    }
}
