using System.Text;
using System.Text.Json.Nodes;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Storage.Redaction;
using Xunit;

namespace PhoneAgent.Tests.Server.Storage.Redaction;

public sealed class RecordRedactorTests
{
    private static readonly TimelineEvent[] Call =
    [
        new TimelineEvent.CallStarted("0196b0aa11112222333344445555", CallDirection.Inbound, "+441632960123", "442079460958", DateTimeOffset.UnixEpoch) { At = TimeSpan.Zero },
        new TimelineEvent.Interim("my number is four two zero", false) { At = TimeSpan.FromSeconds(1) },
        new TimelineEvent.Final("my fucking number is four two zero seven one eight", RecognitionOutcome.Recognized, 0.9, null) { At = TimeSpan.FromSeconds(2) },
        new TimelineEvent.Dtmf('4', DtmfSource.Rtp) { At = TimeSpan.FromSeconds(3) },
        new TimelineEvent.Noted("order_number", "420718") { At = TimeSpan.FromSeconds(4) },
        new TimelineEvent.ToolCall("look_up", """{"order":420718,"card":"4111 1111 1111 1111","count":3}""", "ok", TimeSpan.FromSeconds(1), null) { At = TimeSpan.FromSeconds(5) },
        new TimelineEvent.Ended(CallEndCause.HungUp, EndedBy.Caller, null, "answered") { At = TimeSpan.FromSeconds(6) },
    ];

    [Fact]
    public void FieldsThatAreNumbersAreRedactedToo()
    {
        JsonObject summary = JsonNode.Parse("""{"afterCall":{"fields":{"order":420718,"guests":4},"usage":[{"inputTokens":1234567}]}}""")!.AsObject();
        RecordRedactor.For(new TimelineOptions { Redact = RedactionChoice.Numbers })!.Apply(summary);
        Assert.Equal("""{"afterCall":{"fields":{"order":"[number]","guests":4},"usage":[{"inputTokens":1234567}]}}""", summary.ToJsonString());
    }

    [Theory]
    [InlineData("you Half-Wit, go away", "you […], go away")]
    [InlineData("you half  wit", "you […]")]
    [InlineData("half a wit", "half a wit")]
    [InlineData("it is half", "it is half")]
    [InlineData("half half wit", "half […]")]
    public void WordsOfTheConfigurationMayBeSeveral(string text, string redacted) =>
        Assert.Equal(redacted, new ProfanityList(["half-wit"]).Replace(text, "[…]"));

    [Fact]
    public void TheWrittenTimelineHasNoneOfIt()
    {
        string written = Write(RedactionChoice.NumbersAndProfanity);

        Assert.Equal(
            """
            {"event":"call-started","callId":"0196b0aa11112222333344445555","direction":"inbound","caller":"[number]","called":"442079460958","wallClock":"1970-01-01T00:00:00+00:00","at":0}
            {"event":"interim","text":"my number is [number]","isCompleteAnswer":false,"at":1}
            {"event":"final","text":"my […] number is [number]","outcome":"recognized","confidence":0.9,"at":2}
            {"event":"dtmf","digit":"?","source":"rtp","at":3}
            {"event":"noted","key":"order_number","value":"[number]","at":4}
            {"event":"tool-call","tool":"look_up","arguments":"{\"order\":\"[number]\",\"card\":\"[card number]\",\"count\":3}","outcome":"ok","took":1,"at":5}
            {"event":"ended","cause":"hung-up","by":"caller","disposition":"answered","at":6}

            """, written);
    }

    [Fact]
    public void EachKindIsSwitchedOnItsOwn()
    {
        string numbers = Write(RedactionChoice.Numbers);
        Assert.Contains("fucking number is [number]", numbers, StringComparison.Ordinal);

        string profanity = Write(RedactionChoice.Profanity);
        Assert.Contains("my […] number is four two zero", profanity, StringComparison.Ordinal);
        Assert.Contains("+441632960123", profanity, StringComparison.Ordinal);
        Assert.Contains("\"digit\":\"4\"", profanity, StringComparison.Ordinal);

        Assert.Null(RecordRedactor.For(new TimelineOptions()));
    }

    private static string Write(RedactionChoice choice)
    {
        RecordRedactor? redactor = RecordRedactor.For(new TimelineOptions { Redact = choice });
        return string.Concat(Call.Select(happened => $"{Encoding.UTF8.GetString(TimelineRecord.Write(happened, redactor))}\n"));
    }
}
