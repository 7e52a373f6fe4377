using PhoneAgent.Conversation;
using Xunit;

namespace PhoneAgent.Tests.Conversation;

public class CallTimelineTests
{
    [Fact]
    public async Task A_stamp_never_goes_back()
    {
        var timeline = new CallTimeline();
        var subscribed = timeline.Subscribe();
        foreach (int milliseconds in new[] { 0, 40, 20, 40, 0, 60 })
            timeline.Append(new TimelineEvent.FirstToken(milliseconds) { At = TimeSpan.FromMilliseconds(milliseconds) });
        timeline.Complete();

        int[] expected = [0, 40, 40, 40, 40, 60];
        Assert.Equal(expected, timeline.Snapshot().Select(e => (int)e.At.TotalMilliseconds));
        Assert.Equal(expected, await subscribed.ReadAllAsync().Select(e => (int)e.At.TotalMilliseconds).ToArrayAsync());
        Assert.Equal([0, 40, 20, 40, 0, 60], timeline.Snapshot().Cast<TimelineEvent.FirstToken>().Select(e => e.Turn));
    }

    [Fact]
    public void Nothing_follows_after_the_end()
    {
        var timeline = new CallTimeline();
        timeline.Append(new TimelineEvent.FirstToken(1) { At = default });
        timeline.Complete();
        timeline.Append(new TimelineEvent.FirstToken(2) { At = default });
        Assert.Single(timeline.Snapshot());
    }
}
