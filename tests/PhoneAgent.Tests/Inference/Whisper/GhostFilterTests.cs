using PhoneAgent.Inference.Whisper;
using Xunit;

namespace PhoneAgent.Tests.Inference.Whisper;

public sealed class GhostFilterTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData("thanks for watching", 1000, 0.99, true)]
    [InlineData("thank you for watching see you next time", 2000, 0.9, true)]
    [InlineData("subtitles by the amara org community", 2000, 0.9, true)]
    [InlineData("thank you", 100, 0.9, true)]
    [InlineData("thank you", 600, 0.4, true)]
    [InlineData("thank you", 600, 0.9, false)]
    [InlineData("bye bye", 600, 0.9, false)]
    [InlineData("see you next time", 1000, 0.9, false)]
    [InlineData("see you next time", 1000, 0.4, true)]
    [InlineData("i would like to know when you are open", 2000, 0.9, false)]
    [InlineData("one two three four five six", 200, 0.9, true)]
    [InlineData("see you next time i come by then and bring the papers along with me", 4000, 0.9, false)]
    public void GhostsAreToldFromSpeech(string text, int voicedMilliseconds, double probability, bool isGhost) =>
        Assert.Equal(isGhost, GhostFilter.IsGhost(text.Split(' '), TimeSpan.FromMilliseconds(voicedMilliseconds), probability, ""));

    [Fact]
    public void ACoughIsNoExpectedAnswer()
    {
        Assert.True(GhostFilter.IsFasterThanSpeech(["yes"], TimeSpan.FromMilliseconds(80)));
        Assert.False(GhostFilter.IsFasterThanSpeech(["yes"], TimeSpan.FromMilliseconds(160)));
    }

    [Fact]
    public void ThePromptSaidBackIsAGhost()
    {
        const string prompt = "No. Yes. Speak to someone. When are you open.";
        Assert.True(GhostFilter.IsGhost("yes speak to someone when are you open".Split(' '), 3 * Second, 0.9, prompt));
        Assert.False(GhostFilter.IsGhost("when are you open".Split(' '), 3 * Second, 0.9, prompt));
        Assert.False(GhostFilter.IsGhost("i have a question about my last order".Split(' '), 3 * Second, 0.9, "I have a question about my last order. Yes."));
    }

    [Theory]
    [InlineData("hello", 0.9, 0.9, 1)] // sure of its words
    [InlineData("hello", 0.2, 0.2, 1)] // sure that there was speech
    [InlineData("hello", 0.2, 0.9, 0)]
    [InlineData("seven seven seven seven", 0.9, 0.1, 1)]
    [InlineData("No, no, no, no, no, no, no, no, no.", 0.9, 0.1, 1)]
    [InlineData("seven seven seven seven seven seven seven", 0.9, 0.1, 1)]
    [InlineData("I don't know. I don't know. I don't know. I don't know. I don't know. I don't know. I don't know. I don't know.", 0.9, 0.1, 0)]
    [InlineData("My parcel came yesterday and it was wet, so I would like to send it back and have my money.", 0.9, 0.1, 1)]
    [InlineData("", 0.9, 0.1, 0)]
    public void SegmentsWithoutSpeechAndRepetitionsAreDropped(string text, double probability, double noSpeech, int kept)
    {
        TranscriptToken[] tokens = text.Length == 0 ? [] : [new TranscriptToken(text, TimeSpan.Zero, Second, probability)];
        var transcript = new Transcript([new TranscriptSegment(tokens, noSpeech)], null);
        Assert.Equal(kept, GhostFilter.Spoken(transcript, 0.6).Count());
    }
}
