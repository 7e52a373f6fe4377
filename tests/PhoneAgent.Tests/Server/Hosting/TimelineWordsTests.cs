using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Escalation;
using PhoneAgent.Server.Hosting;
using Xunit;

namespace PhoneAgent.Tests.Server.Hosting;

public class TimelineWordsTests
{
    private static readonly Dictionary<string, double> s_none = [];

    [Fact]
    public void HowACallerSoundsAndWhatItDoesIsALineEach()
    {
        Assert.Equal(("caller", "sounds frustrated (0.83)"), Describe(new TimelineEvent.Emotion("frustrated", 0.83, s_none, IsFinal: true) { At = default }));
        Assert.Equal(("caller", "frustration +0.31 by Voice, now 0.44: frustrated"), Describe(new TimelineEvent.Frustration(FrustrationSource.Voice, 0.9, 0.31, 0.44, "frustrated") { At = default }));
        Assert.Equal(("caller", "frustration -0.10 by CalmVoice, now 0.34"), Describe(new TimelineEvent.Frustration(FrustrationSource.CalmVoice, 1, -0.1, 0.34, "") { At = default }));
        Assert.Equal(("turn", "handed to a human: sustained-turns, score 0.91, by Voice, Words"), Describe(new TimelineEvent.Escalated("sustained-turns", 0.91, 2, TimeSpan.FromSeconds(4), "Voice, Words") { At = default }));
    }

    [Fact]
    public void InterimAndUnknownTonesAreForThoseWhoLookIntoSomething()
    {
        var interim = new TimelineEvent.Emotion("happy", 0.5, s_none, IsFinal: false) { At = default };
        var unknown = new TimelineEvent.Emotion("unknown", 0, s_none, IsFinal: true) { At = default, Reason = "no voice in it" };
        Assert.Null(TimelineWords.Describe(interim, everything: false));
        Assert.Null(TimelineWords.Describe(unknown, everything: false));
        Assert.Equal("… sounds happy (0.50)", TimelineWords.Describe(interim, everything: true)!.Value.What);
        Assert.Equal("sounds unknown: no voice in it", TimelineWords.Describe(unknown, everything: true)!.Value.What);
    }

    [Fact]
    public void WhoTookTheOtherSidesPlaceOrMayNotIsALine()
    {
        Assert.Equal(("call", "the other side moved to sip:7@pbx"), Describe(new TimelineEvent.Moved("sip:7@pbx", null) { At = default }));
        Assert.Equal(("call", "the other side wanted to move to sip:7@pbx – not done: outbound.allowed_hosts: …"),
            Describe(new TimelineEvent.Moved("sip:7@pbx", "outbound.allowed_hosts: …") { At = default }));
    }

    private static (string, string)? Describe(TimelineEvent happened) => TimelineWords.Describe(happened, everything: false);
}
