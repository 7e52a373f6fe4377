using PhoneAgent.Conversation.Escalation;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Escalation;

public class FrustrationLexiconTests
{
    [Theory]
    [InlineData("this is ridiculous", 0.9, 1)]
    [InlineData("I am so angry about this", 0.9, 1)]
    [InlineData("I'm not angry, just asking", 0, 0)]
    [InlineData("I am not happy with that", 0.5, 0.7)]
    [InlineData("that was not helpful at all", 0.5, 0.7)]
    [InlineData("I have been waiting for weeks", 0.5, 0.8)]
    [InlineData("thanks for nothing", 0.9, 1)]
    [InlineData("no, this is terrible", 0.7, 0.9)]
    [InlineData("no no this is terrible", 0.7, 0.9)]
    [InlineData("I said no this is terrible", 0.7, 0.9)]
    [InlineData("no nonsense please", 0, 0)]
    [InlineData("it doesn't work it's terrible", 0.9, 1)]
    [InlineData("you don't listen it's ridiculous", 0.9, 1)]
    [InlineData("where is my order", 0, 0)]
    [InlineData("I don't want to talk to a fucking robot", 0.7, 1)]
    [InlineData("oh not this damn machine again", 0.7, 0.9)]
    [InlineData("this is not bullshit", 0.9, 1)]
    [InlineData("how often do I have to say it", 0.5, 0.6)]
    [InlineData("I have told your colleague all of that already", 0.5, 0.6)]
    [InlineData("he told me and my wife and my two children already", 0, 0)]
    [InlineData("this is the third time", 0.5, 0.6)]
    [InlineData("are you even listening", 0.7, 0.9)]
    [InlineData("it's not a complaint, it's a question", 0, 0)]
    [InlineData("I don't need to speak to anyone", 0, 0)]
    [InlineData("oh wonderful, that's just great", 0, 0)]
    [InlineData("no problem", 0, 0)]
    [InlineData("that's not bad", 0, 0)]
    [InlineData("a good book about a bad day", 0, 0)]
    public void Anger_is_read_with_its_negations(string text, double from, double to) => Assert.InRange(FrustrationLexicon.Read(text).Anger, from, to);

    [Theory]
    [InlineData("thank you so much, that's perfect", 0.9, 1)]
    [InlineData("great, thanks", 0.6, 1)]
    [InlineData("I'm not happy", 0, 0)]
    [InlineData("oh wonderful, that's just great", 0, 0)]
    [InlineData("how kind, another callback that nobody makes", 0, 0)]
    [InlineData("thank you, this is ridiculous", 0, 0)]
    [InlineData("oh, thank you", 0, 0.6)]
    [InlineData("where is my order", 0, 0)]
    public void So_is_kindness(string text, double from, double to) => Assert.InRange(FrustrationLexicon.Read(text).Kindness, from, to);

    [Fact]
    public void A_flood_of_angry_words_stays_within_one()
    {
        LexiconReading reading = FrustrationLexicon.Read(string.Join(' ', Enumerable.Repeat("terrible awful useless", 200)));
        Assert.Equal(1, reading.Anger);
        Assert.Equal("terrible", reading.Evidence);
    }
}
