using System.Xml.Linq;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference.AzureSpeech;
using Xunit;

namespace PhoneAgent.Tests.Inference.AzureSpeech;

public sealed class SsmlTests
{
    private const string Ava = "en-US-AvaMultilingualNeural";

    [Fact]
    public void APlainSentenceIsInItsVoice() => Assert.Equal(
        "<speak version=\"1.0\" xmlns=\"http://www.w3.org/2001/10/synthesis\" xmlns:mstts=\"https://www.w3.org/2001/mstts\" xml:lang=\"en-US\">"
        + "<voice name=\"en-US-AvaMultilingualNeural\">Hello.</voice></speak>",
        Ssml.Write(new SynthesisRequest("Hello."), "Hello.", Ava));

    [Theory]
    [InlineData(1.25, null, null, "<prosody rate=\"1.25\">Hi</prosody>")]
    [InlineData(9, null, null, "<prosody rate=\"2\">Hi</prosody>")]
    [InlineData(0.85, "empathetic", null, "<mstts:express-as style=\"empathetic\"><prosody rate=\"0.85\">Hi</prosody></mstts:express-as>")]
    [InlineData(1, "\"><break/>", null, ">Hi<")]
    [InlineData(1.2, null, "de-DE", "<lang xml:lang=\"de-DE\">Hi</lang>")]
    [InlineData(1, null, "en-us", ">Hi<")]
    public void TheMannerIsInIt(double rate, string? style, string? language, string expected)
    {
        var ssml = Ssml.Write(new SynthesisRequest("Hi", Rate: rate) { Style = style, Language = language }, "Hi", Ava);
        Assert.Contains(expected, ssml, StringComparison.Ordinal);
        XDocument.Parse(ssml);
    }

    [Theory]
    [InlineData("<speak>&amp;</speak>", "<speak>&amp;</speak>")]
    [InlineData("a\u0000b\u0007c\ud800d\uffff", "abcd")]
    [InlineData("“Quoted” & naïve < 5 €", "“Quoted” & naïve < 5 €")]
    [InlineData("日本語", "日本語")]
    [InlineData("😀 hello", "😀 hello")]
    public void AnyTextIsWellFormed(string text, string spoken)
    {
        var speakable = Ssml.Speakable(text, 100);
        Assert.Equal(spoken, speakable);
        Assert.Equal(spoken, XDocument.Parse(Ssml.Write(new SynthesisRequest(text), speakable, Ava)).Root!.Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" … — ?! ")]
    [InlineData("😀")]
    [InlineData("\u0000\u0007")]
    public void NothingToSayIsNothing(string text) => Assert.Equal("", Ssml.Speakable(text, 100));

    [Fact]
    public void LengthIsBoundedAndNoCharacterIsCut()
    {
        Assert.Equal(99, Ssml.Speakable("a" + string.Concat(Enumerable.Repeat("😀", 60)), 100).Length);
        Assert.Equal(100, Ssml.Speakable(new string('a', 500), 100).Length);
    }

    [Theory]
    [InlineData("de-AT-IngridNeural", "de-AT")]
    [InlineData("my-custom", "en-US")]
    [InlineData("", "en-US")]
    [InlineData("zh\"-CN-x", "en-US")]
    public void TheLocaleIsTheVoices(string voice, string locale) => Assert.Equal(locale, Ssml.LocaleOf(voice));

    [Fact]
    public void WordsAreFoundInOrder()
    {
        var finder = new WordFinder("The cat & the dog cost $5.");
        Assert.Equal(new WordMark(0, 10), finder.Find("the", 10));
        Assert.Equal(new WordMark(4, 20), finder.Find("cat", 20));
        Assert.Null(finder.Find("bird", 25));
        Assert.Equal(new WordMark(10, 30), finder.Find("the", 30));
        Assert.Null(finder.Find("dog", 5));
        Assert.Null(finder.Find("", 40));
        Assert.Equal(new WordMark(14, 40), finder.Find("dog", 40));
        Assert.Null(new WordFinder(new string(' ', 500) + "late").Find("late", 1));
    }
}
