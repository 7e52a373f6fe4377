using System.Data.Common;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Storage;
using Xunit;

namespace PhoneAgent.Tests.Server.Storage.Calls;

public sealed class CallRecoveryTests
{
    private static CallRecovery Recovery(StoredCalls calls) =>
        new(calls.Database, calls.Log, calls.Store, NodeIdentity.ThisProcess, [], calls.Time, NullLogger<CallRecovery>.Instance);

    // A call of a process that this database remembers.
    private static async Task LeaveAsync(StoredCalls calls, string id, string host, long process, DateTimeOffset startedAt)
    {
        await calls.Log.WriteAsync([StoredCalls.Began(id), .. StoredCalls.Happened(id, StoredCalls.Events(id, ended: false))], default);
        await calls.Database.WriteAsync(async session =>
        {
            await session.ExecuteAsync("INSERT INTO nodes (id, host, process, process_started_at, seen_at) VALUES (@id, @host, @process, @startedAt, @now)",
                new { id = $"node-{id}", host, process, startedAt, now = calls.Time.GetUtcNow() });
            await session.ExecuteAsync("UPDATE calls SET node = @node WHERE id = @id", new { node = $"node-{id}", id });
        }, default);
    }

    // As the loop does: at once, and then again and again.
    private static async Task<int> LookAsync(StoredCalls calls, CallRecovery recovery, TimeSpan length)
    {
        int closed = await recovery.RunOnceAsync(default);
        for (TimeSpan at = TimeSpan.Zero; at < length; at += OwnSight.LookEvery)
        {
            calls.Time.Advance(OwnSight.LookEvery);
            closed += await recovery.RunOnceAsync(default);
        }
        return closed;
    }

    private static async Task LetAllBeSilentAsync(StoredCalls calls) =>
        Assert.Equal(1, await LookAsync(calls, Recovery(calls), NodeIdentity.SilentFor + OwnSight.LookEvery));

    private static DateTimeOffset StartOf(Process process) => new DateTimeOffset(process.StartTime).ToUniversalTime();

    [Fact]
    public async Task ACallOfADeadProcessOfThisMachineIsClosedAtOnceAndThoseOfTheLivingAreNot()
    {
        await using var calls = new StoredCalls(await TestDatabase.SqliteAsync());
        string here = NodeIdentity.ThisProcess.Host;
        using Process self = Process.GetCurrentProcess();
        await LeaveAsync(calls, "gone", here, int.MaxValue, StartOf(self));
        await LeaveAsync(calls, "number-used-again", here, self.Id, StartOf(self).AddHours(-1));
        await LeaveAsync(calls, "alive", here, self.Id, StartOf(self));
        await LeaveAsync(calls, "elsewhere", "another machine", 1, StartOf(self));
        await calls.Log.WriteAsync([StoredCalls.Began("mine")], default);

        Assert.Equal(2, await Recovery(calls).RunOnceAsync(default));

        Assert.Equal(["gone", "number-used-again"], (await calls.Store.SearchAsync(new HistoryQuery(), default)).Calls.Select(call => call.Id));
        CallRecord record = (await calls.Store.FindAsync("gone", default))!;
        Assert.Equal((CallEndCause.Failed, CallRecovery.Disposition, TimeSpan.FromSeconds(3.3)), (record.Cause, record.Disposition, record.Duration));
        IReadOnlyList<TimelineEvent> events = (await calls.Store.ReadTimelineAsync("gone", default))!;
        Assert.Equal(StoredCalls.Events("gone", ended: false), events.SkipLast(2));
        Assert.Equal("the program ended in the middle of the call", Assert.IsType<TimelineEvent.Ended>(events[^1]).Reason);
        Assert.Equal("where is my parcel", (await calls.Store.ReadTranscriptAsync("gone", default)).Single(line => line.Side == "caller").Text);
        Assert.Equal(1, (await calls.Store.SearchAsync(new HistoryQuery { Disposition = CallRecovery.Disposition, Words = "parcel" }, default)).Calls.Count(call => call.Id == "gone"));
        Assert.Equal(0, await Recovery(calls).RunOnceAsync(default));
    }

    [Fact]
    public async Task AnotherMachineIsDeadWhenItHasBeenSilentForAMinute()
    {
        await using var calls = new StoredCalls(await TestDatabase.SqliteAsync());
        await LeaveAsync(calls, "elsewhere", "another machine", 1, calls.Time.GetUtcNow());
        CallRecovery recovery = Recovery(calls);
        Assert.Equal(0, await LookAsync(calls, recovery, NodeIdentity.SilentFor));
        calls.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, await recovery.RunOnceAsync(default));
    }

    [Theory]
    [InlineData(61)]
    [InlineData(3600)]
    public async Task WhoWasCutOffItselfTakesNobodyForDeadUntilTheOthersHadTheirTime(int outage)
    {
        await using var calls = new StoredCalls(await TestDatabase.SqliteAsync());
        CallRecovery recovery = Recovery(calls);
        await LeaveAsync(calls, "alive", "another machine", 1, calls.Time.GetUtcNow());
        await LeaveAsync(calls, "dead", "a third machine", 1, calls.Time.GetUtcNow());
        await LookAsync(calls, recovery, TimeSpan.FromSeconds(10));
        await calls.Database.WriteAsync(session => session.ExecuteAsync("ALTER TABLE nodes RENAME TO gone"), default);
        for (int i = 0; i < outage; i += 10)
        {
            calls.Time.Advance(TimeSpan.FromSeconds(10));
            await Assert.ThrowsAnyAsync<DbException>(() => recovery.RunOnceAsync(default));
        }
        await calls.Database.WriteAsync(session => session.ExecuteAsync("ALTER TABLE gone RENAME TO nodes"), default);

        // We are back first.
        Assert.Equal(0, await LookAsync(calls, recovery, TimeSpan.FromSeconds(30)));
        await calls.Database.WriteAsync(session => session.ExecuteAsync("UPDATE nodes SET seen_at = @now WHERE id = 'node-alive'", new { now = calls.Time.GetUtcNow() }), default);
        Assert.Equal(0, await LookAsync(calls, recovery, TimeSpan.FromSeconds(30)));
        Assert.Equal(1, await LookAsync(calls, recovery, TimeSpan.FromSeconds(10)));
        Assert.Equal(["dead"], (await calls.Store.SearchAsync(new HistoryQuery(), default)).Calls.Select(call => call.Id));
    }

    [Fact]
    public async Task WhoBeginsDoesNotKnowWhetherTheOthersCouldSayThatTheyLive()
    {
        await using var calls = new StoredCalls(await TestDatabase.SqliteAsync());
        await LeaveAsync(calls, "elsewhere", "another machine", 1, calls.Time.GetUtcNow());
        calls.Time.Advance(NodeIdentity.SilentFor * 2);
        CallRecovery recovery = Recovery(calls);
        Assert.Equal(0, await recovery.RunOnceAsync(default));
        Assert.Equal(1, await LookAsync(calls, recovery, NodeIdentity.SilentFor + TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task ACallThatWasTakenForDeadEndsAsItReallyDid()
    {
        await using var calls = new StoredCalls(await TestDatabase.SqliteAsync());
        await LeaveAsync(calls, "slow", "another machine", 1, calls.Time.GetUtcNow());
        await LetAllBeSilentAsync(calls);
        IReadOnlyList<TimelineEvent> events = StoredCalls.Events("slow", escalated: true);
        await calls.Log.WriteAsync([.. StoredCalls.Over(StoredCalls.Began("slow"), events, "Its end.")], default);
        Assert.Equal(("parcel", CallEndCause.HungUp), ((await calls.Store.FindAsync("slow", default))!.Disposition, (await calls.Store.FindAsync("slow", default))!.Cause));
        Assert.Equal(events, await calls.Store.ReadTimelineAsync("slow", default));
    }

    [Fact]
    public async Task ACallOfWhichNothingIsKeptButItsBeginningIsClosedToo()
    {
        await using var calls = new StoredCalls(await TestDatabase.SqliteAsync());
        await LeaveAsync(calls, "short", "another machine", 1, calls.Time.GetUtcNow());
        await calls.Database.WriteAsync(session => session.ExecuteAsync("DELETE FROM call_events"), default);
        await LetAllBeSilentAsync(calls);
        Assert.Equal(TimeSpan.Zero, (await calls.Store.FindAsync("short", default))!.Duration);
    }
}
