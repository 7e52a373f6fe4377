using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Nodes;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.History;

namespace PhoneAgent.Server.Api;

/// <summary>What one watcher of one call has been told, and what he must be told now. For one stream; not thread-safe.</summary>
/// <param name="seen">Events of the timeline that he has already.</param>
internal sealed class CallFeed(string id, LiveCalls live, CallPlacer placer, bool mayKnow, int seen)
{
    public static readonly TimeSpan Every = TimeSpan.FromMilliseconds(200);

    private readonly RecordJson _json = new(isRedacted: !mayKnow);
    private int _seen = seen;
    private CallPhase? _phase;
    private bool _toldEnd;

    /// <summary>How far a stream had come that broke off.</summary>
    public static int SeenBy(HttpRequest request) =>
        int.TryParse(request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;

    /// <summary>A call that is placed, runs or has just ended; null for none.</summary>
    public static CallResource? Find(string id, LiveCalls live, CallPlacer placer, bool mayKnow) =>
        placer.Find(id) is { } placed ? CallResource.Of(placed, mayKnow)
        : live.Find(id) is { } running ? CallResource.Of(running, mayKnow)
        : null;

    public static IEnumerable<CallResource> All(LiveCalls live, CallPlacer placer, bool mayKnow)
    {
        // Those that are placed first: one that is answered meanwhile is then found among the others.
        var found = new Dictionary<string, CallResource>(StringComparer.Ordinal);
        foreach (OutgoingCall call in placer.All)
            found[call.Id] = CallResource.Of(call, mayKnow);
        foreach (LiveCall call in live.All)
            found[call.Id] = CallResource.Of(call, mayKnow);
        return found.Values;
    }

    public Task<IReadOnlyList<SseItem<string>>> LookAsync()
    {
        List<SseItem<string>> items = [];
        if (_toldEnd)
            return Task.FromResult<IReadOnlyList<SseItem<string>>>(items);
        CallResource? now = Find(id, live, placer, mayKnow);
        // The state says that it is over before the last events are read: so none is missed.
        if (now is not null && now.State != _phase)
        {
            _phase = now.State;
            items.Add(State(now, "state"));
        }
        for (TimelineEvent? next; (next = live.Find(id)?.Timeline.At(_seen)) is not null;)
        {
            _seen++;
            JsonNode happened = _json.Of([next])[0]!;
            items.Add(new SseItem<string>(happened.ToJsonString(RecordJson.Options), "event") { EventId = _seen.ToString(CultureInfo.InvariantCulture) });
        }
        if (now is null or { State: CallPhase.Ended } && (live.Find(id)?.IsOver ?? true))
        {
            _toldEnd = true;
            items.Add(new SseItem<string>(now is null ? "null" : JsonSerializer.Serialize(Find(id, live, placer, mayKnow) ?? now, ApiJson.Options), "end"));
        }
        return Task.FromResult<IReadOnlyList<SseItem<string>>>(items);
    }

    private static SseItem<string> State(CallResource call, string name) => new(JsonSerializer.Serialize(call, ApiJson.Options), name);
}

/// <summary>What one watcher of all calls has been told, and what he must be told now. For one stream; not thread-safe.</summary>
internal sealed class AllCallsFeed(LiveCalls live, CallPlacer placer, bool mayKnow)
{
    public static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    private Dictionary<string, CallResource> _told = new(StringComparer.Ordinal);

    public Task<IReadOnlyList<SseItem<string>>> LookAsync()
    {
        // A call that goes on is no news.
        Dictionary<string, CallResource> now = CallFeed.All(live, placer, mayKnow).ToDictionary(call => call.Id, StringComparer.Ordinal);
        List<SseItem<string>> items = [.. now.Values
            .Where(call => !_told.TryGetValue(call.Id, out CallResource? told) || told with { Seconds = 0 } != call with { Seconds = 0 })
            .OrderBy(call => call.StartedAt).ThenBy(call => call.Id, StringComparer.Ordinal)
            .Select(call => new SseItem<string>(JsonSerializer.Serialize(call, ApiJson.Options), "call"))];
        _told = now;
        return Task.FromResult<IReadOnlyList<SseItem<string>>>(items);
    }
}
