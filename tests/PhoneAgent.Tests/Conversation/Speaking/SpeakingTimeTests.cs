using PhoneAgent.Conversation.Speaking;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Speaking;

/// <summary>Seconds that <c>flite -voice slt</c> and <c>espeak-ng</c> (the German one with <c>-v de</c>) take for the text, pauses at its ends included.</summary>
public sealed class SpeakingTimeTests
{
    [Theory]
    [InlineData(9.88, 10.15, "This is the assistant front desk, with Anna Miller on the line. The caller is frustrated. It is about an order and a repair. Order number: four two, zero seven one eight.")]
    [InlineData(8.82, 9.09, "The caller asked for a person. The caller said: my bicycle has been in your workshop for three weeks and nobody calls me back. The caller sounds anxious.")]
    [InlineData(10.98, 11.12, "A caller whose number ends in four two, zero seven is on the line. The agent did not understand the caller. Callback number: five five five, one two three, four five six seven.")]
    [InlineData(7.76, 7.76, "Das ist der Assistent Empfang, mit Anna Müller in der Leitung. Der Anrufer ist verärgert. Es geht um eine Reparatur und die Öffnungszeiten.")]
    public void ItIsALittleLongerThanVoicesTake(double flite, double espeak, string text) =>
        Assert.InRange(SpeakingTime.Of(text).TotalSeconds, Math.Max(flite, espeak), 1.25 * Math.Max(flite, espeak));

    [Theory]
    [InlineData("", 0)]
    [InlineData("...", 0.75)]
    [InlineData("お電話ありがとうございます", 13 / 4.7)]
    public void ItTakesAnyText(string text, double seconds) => Assert.Equal(seconds, SpeakingTime.Of(text).TotalSeconds, 0.01);
}
