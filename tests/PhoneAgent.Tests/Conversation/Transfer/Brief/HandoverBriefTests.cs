using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Conversation.Escalation;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Conversation.Transfer.Brief;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Transfer.Brief;

public sealed class HandoverBriefTests
{
    private static readonly string Frustrated = TransferReasons.Frustrated("sustained-turns: Voice, Words");

    [Fact]
    public void ItTellsWhoAndWhyAndWhatWasSaidAndHowItSounded()
    {
        HandoverBrief brief = BriefByRules.Write(BriefCalls.Of(BriefCalls.Angry, Frustrated, BriefCalls.FrontDesk()));

        Assert.Equal(("Anna Miller", "+15551234207", "100", "front-desk", "en-US"), (brief.CallerName, brief.Caller, brief.Called, brief.Agent, brief.Language));
        Assert.Equal(BriefCalls.Seconds(75), brief.Duration);
        Assert.Equal(("frustrated", "sustained-turns", 0.6), (brief.Reason.Kind, brief.Reason.Rule, brief.Reason.Score));
        Assert.Equal([new BriefSign(FrustrationSource.Words, 0.35, 2), new BriefSign(FrustrationSource.Voice, 0.28, 1)], brief.Reason.Signs);
        Assert.Equal(["an order"], brief.Topics);
        Assert.Equal([new BriefField("order_number", "420718")], brief.Fields);
        Assert.Equal("The caller asked for: an order. Known: order number 420718.", brief.Summary);
        Assert.Equal(
            ["Agent: Northside Bikes, how can I help you?", "Caller: where is my order", "Agent: What is your order …", "Caller: four two oh seven one eight", "Caller: this is ridiculous", "Caller: (not understood)"],
            brief.Transcript.Select(line => $"{line.Who}: {line.Text}{(line.Interrupted ? " …" : "")}"));
        // Interim readings are no points of the curve.
        Assert.Equal([(6.0, "neutral"), (15.0, "frustrated")], brief.Emotions.Select(point => (point.At.TotalSeconds, point.Label)));
        Assert.Equal([0.28, 0.58, 0.6], brief.Frustration.Select(point => point.Score));
    }

    [Fact]
    public void TheHumanHearsTheMostImportantFirst() =>
        Assert.Equal(
            "This is the assistant front desk, with Anna Miller on the line. The caller is frustrated. It is about an order. The order number is four two, zero seven, one eight.",
            BriefByRules.Write(BriefCalls.Of(BriefCalls.Angry, Frustrated, BriefCalls.FrontDesk())).Spoken);

    [Fact]
    public void WithoutTopicsTheCallersOwnWordsAreSaid()
    {
        TimelineEvent[] events = [.. BriefCalls.Angry.Select(e => e is TimelineEvent.Final final ? final with { Tag = null } : e)];
        Assert.EndsWith("The caller said: where is my order.", BriefByRules.Write(BriefCalls.Of(events, TransferReasons.Asked)).Spoken, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("+1 555 123-4207", "with a caller whose number ends in four two, zero seven on the line.")]
    [InlineData("201", "with a caller on the line.")]
    [InlineData("anonymous", "with a caller on the line.")]
    public void ACallerWithoutANameIsTheEndOfHisNumber(string number, string spoken)
    {
        BriefSource source = BriefCalls.Of([], TransferReasons.Asked);
        source = source with { Call = source.Call with { RemoteParty = number, RemoteDisplayName = null } };
        Assert.Equal($"This is the assistant front desk, {spoken} The caller asked for a person.", BriefByRules.Write(source).Spoken);
    }

    [Theory]
    [InlineData(TransferReasons.Asked, "asked", "The caller asked for a person.")]
    [InlineData(TransferReasons.NotUnderstood, "not-understood", "I did not understand the caller.")]
    [InlineData("wants to buy 3 bikes for $1,200.", "other", "The reason is: wants to buy three bikes for one thousand two hundred dollars.")]
    [InlineData("", "other", "")]
    public void TheReasonIsSaid(string reason, string kind, string spoken)
    {
        HandoverBrief brief = BriefByRules.Write(BriefCalls.Of([], reason));
        Assert.Equal(kind, brief.Reason.Kind);
        Assert.Equal($"This is the assistant front desk, with Anna Miller on the line. {spoken}".TrimEnd(), brief.Spoken);
    }

    [Fact]
    public void ItIsNeverLongerThanFifteenSecondsAndEndsWithASentence()
    {
        string flood = string.Join(' ', Enumerable.Repeat("and then another thing went wrong", 60));
        var random = new Random(4);
        for (int round = 0; round < 200; round++)
        {
            TimelineEvent[] events =
            [
                new TimelineEvent.Final(flood[..random.Next(flood.Length)], RecognitionOutcome.Recognized, 0.9, null) { At = default },
                .. Enumerable.Range(0, random.Next(40)).Select(i => new TimelineEvent.Noted($"field_{i}", flood[..random.Next(200)]) { At = default }),
            ];
            BriefSource source = BriefCalls.Of(events, flood[..random.Next(flood.Length)]);
            HandoverBrief brief = BriefByRules.Write(source with { Call = source.Call with { RemoteDisplayName = flood[..random.Next(300)] } });
            Assert.InRange(SpeakingTime.Of(brief.Spoken), BriefCalls.Seconds(2), SpokenBrief.Longest);
            Assert.EndsWith(".", brief.Spoken, StringComparison.Ordinal);
            Assert.InRange(brief.Fields.Count, 0, 30);
        }
    }

    [Fact]
    public void ALongCallKeepsItsEnd()
    {
        TimelineEvent[] events = [.. Enumerable.Range(0, 1_000).Select(i => new TimelineEvent.Final($"words {i}", RecognitionOutcome.Recognized, 0.9, null) { At = BriefCalls.Seconds(i) })];
        HandoverBrief brief = BriefByRules.Write(BriefCalls.Of(events, TransferReasons.Asked));
        Assert.Equal((200, 800, "words 999"), (brief.Transcript.Count, brief.LinesLeftOut, brief.Transcript[^1].Text));
    }

    [Fact]
    public void TheLatestValueOfAFieldCounts()
    {
        TimelineEvent[] events =
        [
            new TimelineEvent.Collected("day", "2026-11-24") { At = default },
            new TimelineEvent.Noted("disposition", "complaint") { At = default },
            new TimelineEvent.Noted("orders.failed", "no answer") { At = default },
            new TimelineEvent.Collected("day", "2026-11-25") { At = default },
        ];
        HandoverBrief brief = BriefByRules.Write(BriefCalls.Of(events, TransferReasons.Asked));
        Assert.Equal([new BriefField("day", "2026-11-25")], brief.Fields);
        Assert.EndsWith("The day is Wednesday, November twenty-fifth.", brief.Spoken, StringComparison.Ordinal);
    }

    [Fact]
    public void WordingsAreTheAgents()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, """
            name: empfang
            language: de-DE
            model: {}
            wordings:
              brief_caller: "Hier ist {agent}, {caller} ist in der Leitung."
              brief_number: "ein Anrufer mit den Endziffern {digits}"
              brief_asked: "Der Anrufer möchte einen Menschen sprechen."
              brief_field: "{name}: {value}."
            """);
        try
        {
            Assert.True(AgentDefinition.TryLoad(file, out AgentDefinition? agent, out IReadOnlyList<ConfigProblem> problems), string.Join('\n', problems));
            BriefSource source = BriefCalls.Of([new TimelineEvent.Noted("kunde", "42") { At = default }], TransferReasons.Asked, agent) with { Agent = "empfang" };
            Assert.Equal(
                "Hier ist empfang, ein Anrufer mit den Endziffern 4 2 0 7 ist in der Leitung. Der Anrufer möchte einen Menschen sprechen. kunde: 42.",
                BriefByRules.Write(source with { Call = source.Call with { RemoteDisplayName = null } }).Spoken);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void TheShortFormFitsAMessage() =>
        Assert.Equal("""
            Anna Miller (+15551234207) called 100; 1:15 min with front-desk, in en-US.
            Why: the caller is frustrated (sustained-turns: Voice, Words); signs: Words +0.35, Voice +0.28.
            The caller asked for: an order. Known: order number 420718.
            Sounded: neutral then frustrated.
            Frustration: 0.60 of 1, at most 0.60.
            Agent: Northside Bikes, how can I help you?
            Caller: where is my order
            Agent: What is your order … (interrupted)
            Caller: four two oh seven one eight
            Caller: this is ridiculous
            Caller: (not understood)

            """.ReplaceLineEndings("\n"), BriefText.Of(BriefByRules.Write(BriefCalls.Of(BriefCalls.Angry, Frustrated, BriefCalls.FrontDesk()))));
}
