using PhoneAgent.Conversation.Dialogue.Language;
using PhoneAgent.Conversation.Hearing;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Hearing;

public sealed class AnswerMatcherTests
{
    private static readonly AnswerMatcher FrontDesk = new(new Expectation
    {
        Answers =
        [
            new PhraseAnswer("hours", ["[when] are you open [on (saturday | sunday)]", "opening hours"]),
            new PhraseAnswer("pair", ["two people"]),
            new DigitsAnswer("order", 4, 8),
            new YesNoAnswer("yes_no"),
            new DateAnswer("day"),
            new TimeAnswer("time"),
        ],
    });

    [Theory]
    [InlineData("When are you open on Sunday?", "hours", "when are you open on sunday")]
    [InlineData("Um, opening hours, please.", "hours", "opening hours please")]
    [InlineData("2 people", "pair", "two people")]
    [InlineData("420718", "order", "four two zero seven one eight")]
    [InlineData("42 07 18.", "order", "four two zero seven one eight")]
    [InlineData("It's 42-07.", "order", "it's four two zero seven")]
    [InlineData("four two oh seven", "order", "four two oh seven")]
    [InlineData("Yes, that's right.", "yes_no", "yes that's right")]
    [InlineData("May 5th", "day", "may fifth")]
    [InlineData("At 10:30 a.m.", "time", "at ten thirty a m")]
    [InlineData("at 10", "time", "at ten")]
    [InlineData("My parcel is wet.", null, "my parcel is wet")]
    [InlineData("I called at 4", null, "i called at four")]
    [InlineData("", null, "")]
    public void UnderstandsWhatALargeRecogniserWrites(string transcript, string? tag, string text)
    {
        AnswerMatch match = FrontDesk.Match(transcript, "en-US");
        Assert.Equal((tag, text), (match.Tag, match.Text));
    }

    [Fact]
    public void TheFirstAnswerWins()
    {
        var matcher = new AnswerMatcher(new Expectation { Answers = [new PhraseAnswer("first", ["yes"]), new YesNoAnswer("second")] });
        Assert.Equal("first", matcher.Match("Yes.", "en").Tag);
        Assert.Equal("second", matcher.Match("No.", "en").Tag);
    }

    [Fact]
    public void NumeralsThatFitNothingAreReadAsTheStepExpects()
    {
        Assert.Equal("table twelve", new AnswerMatcher(Expectation.Nothing).Match("Table 12", "en").Text);
        Assert.Equal("table one two", new AnswerMatcher(new Expectation { Answers = [new DigitsAnswer("n", 4, 4)] }).Match("Table 12", "en").Text);
    }

    [Fact]
    public void ABrokenPhraseIsNamedAndTheOthersWork()
    {
        var matcher = new AnswerMatcher(new Expectation { Answers = [new PhraseAnswer("a", ["(yes", "sure"])] });
        Assert.Contains("'(yes'", Assert.Single(matcher.Problems), StringComparison.Ordinal);
        Assert.Equal("a", matcher.Match("Sure!", "en").Tag);
    }

    /// <summary>The dialogue reads values out of the text again: what matched must still parse there.</summary>
    [Theory]
    [InlineData("420718")]
    [InlineData("42 07 18")]
    [InlineData("It's 420-718, thank you.")]
    public void TheDialogueReadsTheSameDigits(string transcript)
    {
        IReadOnlyList<string> words = Words.WithoutCourtesies(Words.Split(FrontDesk.Match(transcript, "en-US").Text));
        Assert.True(SpokenDigits.TryParse(words, out string digits));
        Assert.Equal("420718", digits);
    }
}
