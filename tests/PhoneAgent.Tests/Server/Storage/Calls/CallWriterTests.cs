using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Storage.Redaction;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Storage;
using PhoneAgent.Tests.Server.Hosting;
using Xunit;

namespace PhoneAgent.Tests.Server.Storage.Calls;

public sealed class CallWriterTests
{
    private static readonly IReadOnlyList<TimelineEvent> Events = StoredCalls.Events("one");

    // In virtual time nobody's patience ends because the machine is busy.
    private static CallWriter Writer(ICallLog log, VirtualTime? time = null, TimeSpan gather = default) =>
        new(log, time ?? new VirtualTime(), NullLogger<CallWriter>.Instance, gather);

    private static CallTimeline Timeline(IEnumerable<TimelineEvent> events, bool complete = true)
    {
        var timeline = new CallTimeline();
        foreach (TimelineEvent happened in events)
            timeline.Append(happened);
        if (complete)
            timeline.Complete();
        return timeline;
    }

    [Fact]
    public void EventsAreLinesInSecondsAndWords()
    {
        TimelineEvent[] events =
        [
            new TimelineEvent.AgentSentence(1, "It's \"Müller's\" desk.") { At = TimeSpan.FromMilliseconds(1234.5) },
            new TimelineEvent.BargeIn(BargeInStep.Confirmed, TimeSpan.FromSeconds(2)) { At = TimeSpan.FromSeconds(2.25) },
            new TimelineEvent.Ended(CallEndCause.HungUp, EndedBy.Caller, null, null) { At = TimeSpan.FromSeconds(3) },
        ];
        Assert.Equal(
            [
                """{"event":"agent-sentence","turn":1,"text":"It's \"Müller's\" desk.","at":1.2345}""",
                """{"event":"barge-in","step":"confirmed","onset":2,"at":2.25}""",
                """{"event":"ended","cause":"hung-up","by":"caller","at":3}""",
            ], events.Select(happened => Encoding.UTF8.GetString(TimelineRecord.Write(happened, null))));
    }

    [Fact]
    public async Task ACallIsWhole()
    {
        var log = new FakeCallLog();
        await using CallWriter writer = Writer(log);
        KeptCall kept = writer.Keep(StoredCalls.Began("one"), Timeline(Events), null);
        Assert.True(await kept.EndAsync(Events, CallSummary.From(Events)));

        Assert.IsType<CallChange.Began>(log.Changes[0]);
        Assert.Equal(string.Concat(Events.Select(e => $"{Encoding.UTF8.GetString(TimelineRecord.Write(e, null))}\n")), log.Timeline("one"));
        Assert.Contains("\"disposition\":\"done\"", log.Report("one"), StringComparison.Ordinal);
        Assert.Equal((0, Events.Count + 2), (writer.Dropped, writer.Written));
    }

    [Fact]
    public async Task AnEventIsWrittenWhileTheCallGoesOnOnceOthersHaveHadTimeToJoinIt()
    {
        var time = new VirtualTime();
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new FakeCallLog { Fails = changes => { if (changes.Count > 0) written.TrySetResult(); return false; } };
        await using CallWriter writer = Writer(log, time, CallWriter.Gather);
        CallTimeline timeline = Timeline(Events.Take(3), complete: false);
        KeptCall kept = writer.Keep(StoredCalls.Began("one"), timeline, null);
        // The beat's timer, and then the gathering's: only then may time pass.
        while (time.PendingTimers < 2)
            await Task.Yield();
        Assert.Empty(log.Changes);
        time.Advance(CallWriter.Gather);
        await written.Task.WaitAsync(HostRig.Patience);
        timeline.Complete();
        _ = kept;
    }

    [Fact]
    public async Task NothingOfARedactedCallIsWrittenAsItWas()
    {
        var log = new FakeCallLog();
        await using CallWriter writer = Writer(log);
        IReadOnlyList<TimelineEvent> events = StoredCalls.Events("one", "+15551234567", "call me at 15551234567");
        RecordRedactor redactor = RecordRedactor.For(new TimelineOptions { Redact = RedactionChoice.Numbers })!;
        Assert.True(await writer.Keep(StoredCalls.Began("one", "+15551234567"), Timeline(events), redactor).EndAsync(events, CallSummary.From(events)));

        var over = (CallChange.Over)log.Changes[^1];
        string everything = $"{log.Timeline("one")} {log.Report("one")} {over.Call} {over.Digest.Words} {string.Join(' ', over.Digest.Lines)} {log.Changes[0]}";
        Assert.DoesNotContain("5551234567", everything, StringComparison.Ordinal);
        Assert.Contains("call me at [number]", over.Digest.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADatabaseThatFailsCostsNothingOnceItWorksAgain()
    {
        bool isBroken = true;
        var log = new FakeCallLog { Fails = _ => Volatile.Read(ref isBroken) };
        var time = new VirtualTime();
        await using CallWriter writer = Writer(log, time);
        // All of it waits in the queue before time passes, or patience could end before the writer has begun.
        List<CallChange> changes = [.. StoredCalls.Over(StoredCalls.Began("one"), Events)];
        foreach (CallChange change in changes.SkipLast(1))
            Assert.True(writer.TryWrite(change));
        Task<bool> ending = writer.WriteAsync(changes[^1]);
        while (writer.Problem is null)
            await Task.Yield();

        // Whoever waits is told that it is not there yet, and the call goes on.
        while (!ending.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        Assert.False(await ending);
        Assert.Equal("the disk is full", writer.Problem);
        Volatile.Write(ref isBroken, false);
        while (writer.Written < changes.Count)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        Assert.Equal(0, writer.Dropped);
        Assert.Equal(Events.Count, log.Timeline("one").Count(c => c == '\n'));
        // Written is counted before the problem is taken back.
        while (writer.Problem is not null)
            await Task.Yield();
    }

    [Fact]
    public async Task WhatFindsNoRoomIsCountedAndComesWithTheEndOfItsCall()
    {
        var hang = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new FakeCallLog { Before = () => { begun.TrySetResult(); return hang.Task; } };
        await using CallWriter writer = Writer(log);
        writer.TryWrite(StoredCalls.Began("zero"));
        await begun.Task.WaitAsync(HostRig.Patience);
        for (int i = 0; i < CallWriter.MaxWaiting; i++)
            Assert.True(writer.TryWrite(StoredCalls.Began("filler")));
        Assert.False(writer.TryWrite(StoredCalls.Began("filler")));

        KeptCall kept = writer.Keep(StoredCalls.Began("one"), Timeline(Events), null);
        Task<bool> ending = kept.EndAsync(Events, CallSummary.From(Events));
        while (writer.Dropped < Events.Count + 2)
            await Task.Yield();
        hang.SetResult();
        Assert.True(await ending.WaitAsync(HostRig.Patience));
        Assert.Equal(Events.Count, log.Timeline("one").Count(c => c == '\n'));
    }

    [Fact]
    public async Task AChangeThatTheDatabaseWillNeverTakeDoesNotHoldUpTheOthers()
    {
        var hang = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new FakeCallLog
        {
            Fails = changes => changes.Any(change => change.CallId == "poison"),
            Before = () => { begun.TrySetResult(); return hang.Task; },
        };
        await using CallWriter writer = Writer(log);
        // While the first is being written the others come together.
        writer.TryWrite(StoredCalls.Began("zero"));
        await begun.Task.WaitAsync(HostRig.Patience);
        writer.TryWrite(StoredCalls.Began("before"));
        writer.TryWrite(StoredCalls.Began("poison"));
        hang.SetResult();
        Assert.True(await writer.Keep(StoredCalls.Began("one"), Timeline(Events), null).EndAsync(Events, CallSummary.From(Events)));
        Assert.Equal(1, writer.Dropped);
        Assert.DoesNotContain(log.Changes, change => change.CallId == "poison");
        Assert.Contains(log.Changes, change => change.CallId == "before");
    }

    [Fact]
    public async Task WhatStillWaitsAtTheEndIsWritten()
    {
        var log = new FakeCallLog();
        CallWriter writer = Writer(log, new VirtualTime(), CallWriter.Gather);
        for (int i = 0; i < 100; i++)
            Assert.True(writer.TryWrite(StoredCalls.Began($"{i}")));
        await writer.DisposeAsync();
        Assert.Equal(100, log.Changes.Count);
    }

    [Fact]
    public async Task AProgramThatEndsWhileTheDatabaseFailsEndsAllTheSame()
    {
        CallWriter writer = Writer(new FakeCallLog { Fails = _ => true }, new VirtualTime());
        writer.TryWrite(StoredCalls.Began("one"));
        await writer.DisposeAsync().AsTask().WaitAsync(HostRig.Patience);
        Assert.Equal(1, writer.Dropped);
    }
}
