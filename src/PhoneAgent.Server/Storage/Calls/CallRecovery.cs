using System.Data.Common;
using System.Text.Json;
using PhoneAgent.Conversation.AfterCall;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Calls;

/// <summary>
/// Closes the calls that a process left behind when it died: at the start, before any call is taken, and then now and again, for
/// the processes of other machines.
/// </summary>
internal sealed partial class CallRecovery(SqlDatabase database, ICallLog log, ICallStore store, NodeIdentity node, IEnumerable<INodeHeir> heirs, TimeProvider time, ILogger<CallRecovery> logger) : BackgroundService
{
    /// <summary>The disposition of a call that was cut off.</summary>
    public const string Disposition = "cut-off";

    public const string Reason = "the program ended in the middle of the call";

    private readonly OwnSight _sight = new(NodeIdentity.SilentFor);
    private bool _isBlind;

    /// <summary>Closes what dead processes left; returns how many calls.</summary>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        int closed = 0;
        foreach (string dead in await node.DeadAsync(database, _sight, time, cancellationToken).ConfigureAwait(false))
        {
            IReadOnlyList<Row> left = await database.ReadAsync(session => session.QueryAsync<Row>(
                "SELECT id, agent, direction, caller, called, started_at, recording FROM calls WHERE node = @dead AND NOT is_over", new { dead }), cancellationToken).ConfigureAwait(false);
            foreach (Row call in left)
            {
                await CloseAsync(call, cancellationToken).ConfigureAwait(false);
                closed++;
            }
            foreach (INodeHeir heir in heirs)
                await heir.TakeOverAsync(dead, cancellationToken).ConfigureAwait(false);
            await database.WriteAsync(session => session.ExecuteAsync("DELETE FROM nodes WHERE id = @dead", new { dead }), cancellationToken).ConfigureAwait(false);
        }
        if (closed > 0)
            Log.Closed(logger, closed);
        return closed;
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RunOnceAsync(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(OwnSight.LookEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await RunOnceAsync(stoppingToken).ConfigureAwait(false);
                _isBlind = false;
            }
            catch (Exception e) when (e is DbException or IOException or TimeoutException)
            {
                if (!_isBlind)
                    Log.CannotLook(logger, e.Message);
                _isBlind = true;
            }
        }
    }

    private async Task CloseAsync(Row call, CancellationToken cancellationToken)
    {
        IReadOnlyList<TimelineEvent> kept = await store.ReadTimelineAsync(call.Id, cancellationToken).ConfigureAwait(false) ?? [];
        TimeSpan last = kept.Count == 0 ? TimeSpan.Zero : kept[^1].At;
        TimelineEvent[] added =
        [
            new TimelineEvent.Failure("phoneagent", Reason, "the call was cut off; this was written at the next start") { At = last },
            new TimelineEvent.Ended(CallEndCause.Failed, EndedBy.Agent, Reason, Disposition) { At = last },
        ];
        IReadOnlyList<TimelineEvent> events = [.. kept, .. added];
        CallSummary summary = CallSummary.From(events);
        summary = summary with { AfterCall = AfterCallByRules.Write(new EndedCall(call.Agent ?? "", null, new Dictionary<string, string>(), events)) with { Disposition = Disposition } };
        // What was kept is redacted already. Numbers go on behind the last, also where some events before it were lost.
        int next = await database.ReadAsync(session => session.ScalarAsync<int>("SELECT COALESCE(MAX(number) + 1, 0) FROM call_events WHERE call_id = @Id", new { call.Id }), cancellationToken).ConfigureAwait(false);
        CallChange.Happened[] written = [.. added.Select((happened, i) => new CallChange.Happened(call.Id, next + i, happened.At, TimelineRecord.Write(happened, null)))];
        string report = JsonSerializer.Serialize(summary, TimelineJson.Line);
        await log.WriteAsync([new CallChange.Over(call.ToBegan(), CallDigest.Of(events, summary, report), written)], cancellationToken).ConfigureAwait(false);
    }

    private sealed record Row
    {
        public string Id { get; init; } = "";
        public string? Agent { get; init; }
        public string? Direction { get; init; }
        public string Caller { get; init; } = "";
        public string Called { get; init; } = "";
        public DateTimeOffset StartedAt { get; init; }
        public string? Recording { get; init; }

        public CallChange.Began ToBegan() => new(Id, Agent, Enum.TryParse(Direction, out CallDirection direction) ? direction : default, Caller, Called, StartedAt, Recording);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} calls were cut off when a PhoneAgent process died; they are closed as such (disposition cut-off)")]
        public static partial void Closed(ILogger logger, int count);

        [LoggerMessage(Level = LogLevel.Error, Message = "Calls that a dead process left behind cannot be looked for: {Reason} It is tried again.")]
        public static partial void CannotLook(ILogger logger, string reason);
    }
}
