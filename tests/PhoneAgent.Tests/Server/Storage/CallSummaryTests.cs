using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Server.Storage;
using Xunit;

namespace PhoneAgent.Tests.Server.Storage;

public sealed class CallSummaryTests
{
    private static readonly DateTimeOffset Start = new(2026, 5, 4, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void AWholeCallInNumbers()
    {
        List<TimelineEvent> events =
        [
            new TimelineEvent.CallStarted("c1", CallDirection.Inbound, "alice", "desk", Start) { At = TimeSpan.Zero },
            new TimelineEvent.FirstPacket(1, null) { At = Ms(100) },
            new TimelineEvent.Heard(1, "Hello, how can I help?", false) { At = Ms(1500) },
            new TimelineEvent.Final("when are you open", RecognitionOutcome.Recognized, 0.9, "hours") { At = Ms(3000) },
            new TimelineEvent.Endpoint(Ms(2800), Ms(260), "complete-answer") { At = Ms(3060) },
            new TimelineEvent.FirstPacket(2, Ms(300)) { At = Ms(3100) },
            new TimelineEvent.BargeIn(BargeInStep.Suspected, Ms(4000)) { At = Ms(4050) },
            new TimelineEvent.BargeIn(BargeInStep.Dismissed, Ms(4000), "backchannel") { At = Ms(4300) },
            new TimelineEvent.BargeIn(BargeInStep.Suspected, Ms(5000)) { At = Ms(5050) },
            new TimelineEvent.BargeIn(BargeInStep.Paused, Ms(5000)) { At = Ms(5160) },
            new TimelineEvent.BargeIn(BargeInStep.Confirmed, Ms(5000)) { At = Ms(5250) },
            new TimelineEvent.Heard(2, "We are open", true) { At = Ms(5250) },
            new TimelineEvent.Final("", RecognitionOutcome.Rejected, 0.1, null) { At = Ms(6000) },
            new TimelineEvent.Endpoint(Ms(5900), Ms(600), "base") { At = Ms(6500) },
            new TimelineEvent.Reprompt("not-understood", 1) { At = Ms(6500) },
            new TimelineEvent.FirstPacket(3, Ms(700)) { At = Ms(6600) },
            new TimelineEvent.Dtmf('1', DtmfSource.Rtp) { At = Ms(7000) },
            new TimelineEvent.Noted("order", "4711") { At = Ms(7100) },
            new TimelineEvent.FirstPacket(4, Ms(500)) { At = Ms(7500) },
            new TimelineEvent.Heard(4, "", false) { At = Ms(7600) },
            new TimelineEvent.Failure("recording", "No space left on device", "the call goes on without it") { At = Ms(7700) },
            new TimelineEvent.Ended(CallEndCause.HungUp, EndedBy.Caller, null, "answered") { At = Ms(8000) },
        ];

        CallSummary summary = CallSummary.From(events);

        Assert.Equal(("c1", CallDirection.Inbound, "alice", "desk", Start), (summary.CallId, summary.Direction, summary.Caller, summary.Called, summary.StartedAt));
        Assert.Equal(Ms(8000), summary.Duration);
        Assert.Equal((CallEndCause.HungUp, EndedBy.Caller, "answered"), (summary.Cause, summary.EndedBy, summary.Disposition));
        Assert.Equal((2, 2), (summary.CallerTurns, summary.AgentTurns));
        Assert.Equal(new GapSummary(3, Ms(500), Ms(700), Ms(700)), summary.ResponseGaps);
        Assert.Equal(new BargeInSummary(2, 1, 1), summary.BargeIns);
        Assert.Equal((4, 8, 1, 1, 1), (summary.CallerWords, summary.AgentWords, summary.KeysPressed, summary.Reprompts, summary.NotUnderstood));
        Assert.Equal("4711", summary.Notes["order"]);
        Assert.Equal(["recording: No space left on device"], summary.Failures);
    }

    [Fact]
    public void ACallThatNeverBeganHasNoNumbers()
    {
        CallSummary summary = CallSummary.From([]);
        Assert.Equal((null, TimeSpan.Zero, 0), (summary.Cause, summary.Duration, summary.ResponseGaps.Count));
        Assert.Null(summary.ResponseGaps.Median);
    }

    [Fact]
    public void PercentilesAreGapsThatReallyWere()
    {
        IEnumerable<TimelineEvent.FirstPacket> packets = Enumerable.Range(1, 20).Reverse()
            .Select(i => new TimelineEvent.FirstPacket(i, Ms(i * 10)) { At = Ms(i * 1000) });
        Assert.Equal(new GapSummary(20, Ms(100), Ms(190), Ms(200)), GapSummary.From(packets));
    }

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
