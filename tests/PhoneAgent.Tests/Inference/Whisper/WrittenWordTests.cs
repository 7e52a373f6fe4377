using PhoneAgent.Inference.Whisper;
using Xunit;

namespace PhoneAgent.Tests.Inference.Whisper;

public sealed class WrittenWordTests
{
    [Fact]
    public void TokensBecomeWordsWithTimes()
    {
        var words = WrittenWords.Of([Segment(" For", "ty", "-two", ",", " please", ".")], TimeSpan.FromSeconds(10));
        Assert.Equal(["Forty-two,", "please."], words.Select(word => word.Text));
        Assert.Equal((TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(14)), (words[0].Start, words[0].End));
        Assert.Equal("forty two", words[0].Key);
        Assert.Equal(0.5, words[0].Probability, 6);
    }

    [Theory]
    [InlineData("[BLANK_AUDIO]", "")]
    [InlineData("hello (soft music playing) there", "hello there")]
    [InlineData("*coughs* yes", "yes")]
    [InlineData("♪ la la ♪ yes", "yes")]
    [InlineData("♪ yes", "yes")]
    [InlineData("(555) 123-4567", "(555) 123-4567")]
    [InlineData("(unclosed yes", "(unclosed yes")]
    [InlineData("... yes - no", "yes no")]
    [InlineData("you & me", "you & me")]
    public void SoundsAreNoWords(string written, string kept) =>
        Assert.Equal(kept, string.Join(' ', WrittenWords.Of([Segment([.. written.Split(' ').Select(word => " " + word)])], TimeSpan.Zero).Select(word => word.Text)));

    [Fact]
    public void AWordDoesNotGoOnInTheNextSegment() =>
        Assert.Equal(["one", "two"], WrittenWords.Of([Segment(" one"), Segment("two")], TimeSpan.Zero).Select(word => word.Text));

    private static TranscriptSegment Segment(params string[] tokens) =>
        new([.. tokens.Select((text, i) => new TranscriptToken(text, TimeSpan.FromSeconds(i), TimeSpan.FromSeconds(i + 1), 0.5))], 0);
}
