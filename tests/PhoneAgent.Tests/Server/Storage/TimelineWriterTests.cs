using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Storage;
using Xunit;

namespace PhoneAgent.Tests.Server.Storage;

public sealed class TimelineWriterTests
{
    [Fact]
    public async Task EventsAreLinesInSecondsAndWords()
    {
        var timeline = new CallTimeline();
        timeline.Append(new TimelineEvent.AgentSentence(1, "It's \"Müller's\" desk.") { At = TimeSpan.FromMilliseconds(1234.5) });
        timeline.Append(new TimelineEvent.BargeIn(BargeInStep.Confirmed, TimeSpan.FromSeconds(2)) { At = TimeSpan.FromSeconds(2.25) });
        timeline.Append(new TimelineEvent.Ended(CallEndCause.HungUp, EndedBy.Caller, null, null) { At = TimeSpan.FromSeconds(3) });
        timeline.Complete();
        var stream = new MemoryStream();

        Assert.True(await TimelineWriter.RunAsync(timeline.Subscribe(), () => stream, null, NullLogger.Instance, default));

        Assert.Equal(
            """
            {"event":"agent-sentence","turn":1,"text":"It's \"Müller's\" desk.","at":1.2345}
            {"event":"barge-in","step":"confirmed","onset":2,"at":2.25}
            {"event":"ended","cause":"hung-up","by":"caller","at":3}

            """, Encoding.UTF8.GetString(stream.ToArray()));
    }

    [Fact]
    public async Task AnEventIsOnTheDiskBeforeTheNextOneComes()
    {
        var timeline = new CallTimeline();
        var stream = new FlushedStream();
        Task<bool> writing = TimelineWriter.RunAsync(timeline.Subscribe(), () => stream, null, NullLogger.Instance, default);

        timeline.Append(new TimelineEvent.FirstToken(1) { At = TimeSpan.Zero });
        Assert.Contains("first-token", await stream.Flushed.Task, StringComparison.Ordinal);

        timeline.Complete();
        Assert.True(await writing);
    }

    [Fact]
    public async Task ADiskThatFailsIsNoException()
    {
        var timeline = new CallTimeline();
        timeline.Append(new TimelineEvent.FirstToken(1) { At = TimeSpan.Zero });
        timeline.Complete();

        Assert.False(await TimelineWriter.RunAsync(timeline.Subscribe(), () => throw new IOException("No space left on device"), null, NullLogger.Instance, default));
    }

    private sealed class FlushedStream : MemoryStream
    {
        public TaskCompletionSource<string> Flushed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override Task FlushAsync(CancellationToken cancellationToken)
        {
            Flushed.TrySetResult(Encoding.UTF8.GetString(ToArray()));
            return Task.CompletedTask;
        }
    }
}
