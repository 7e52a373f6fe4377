using PhoneAgent.Conversation.Dialogue.LanguageModel.ForTheEar;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Dialogue.LanguageModel;

public sealed class SpokenTextTests
{
    private static readonly DateOnly Today = new(2026, 11, 21);

    [Theory]
    // Markup and symbols
    [InlineData("**Yes**, we _are_ `open`.", "Yes, we are open.")]
    [InlineData("## Opening hours", "Opening hours.")]
    [InlineData("- apples", "apples.")]
    [InlineData("2. Turn the screw", "Turn the screw.")]
    [InlineData("> quoted", "quoted.")]
    [InlineData("See [our site](https://example.com/x).", "See our site.")]
    [InlineData("Great! 🎉👍🏽 See you ✨soon.", "Great! See you soon.")]
    [InlineData("| Monday | nine to five |", "Monday, nine to five")]
    [InlineData("|---|---|", "")]
    [InlineData("```json", "json")]
    [InlineData("---", "")]
    [InlineData("[10:00; the caller pressed 3] Fine.", "Fine.")]
    [InlineData("<tool-result tool=\"x\">Yes.", "Yes.")]
    [InlineData("{\"status\": \"ready\"}", "")]
    [InlineData("Tom & Ann, 20% off.", "Tom and Ann, twenty percent off.")]
    // Addresses
    [InlineData("Write to info@north-side.example.com.", "Write to info at north dash side dot example dot com.")]
    [InlineData("Go to https://www.example.com/orders/new?id=3#top.", "Go to example dot com slash orders slash new.")]
    [InlineData("See www.example.com, please.", "See example dot com, please.")]
    // Figures
    [InlineData("It costs $12.50 in all.", "It costs twelve dollars and fifty cents in all.")]
    [InlineData("That is €1,200.", "That is one thousand two hundred euros.")]
    [InlineData("That is 30 EUR.", "That is thirty euros.")]
    [InlineData("Come on 2026-11-24.", "Come on Tuesday, November twenty-fourth.")]
    [InlineData("Come on 11/24/2026.", "Come on Tuesday, November twenty-fourth.")]
    [InlineData("We open at 9:30 am.", "We open at nine thirty in the morning.")]
    [InlineData("We close at 17:00.", "We close at five in the afternoon.")]
    [InlineData("At 2 p.m.", "At two in the afternoon.")]
    [InlineData("Call (555) 123-4567.", "Call five five five, one two three, four five six seven.")]
    [InlineData("Call +1 555 123 4567.", "Call plus one, five five five, one two three, four five six seven.")]
    [InlineData("Order 420718 is ready.", "Order four two, zero seven, one eight is ready.")]
    [InlineData("Wait 3.5 hours.", "Wait three point five hours.")]
    [InlineData("The 21st of 1,250.", "The twenty-first of one thousand two hundred and fifty.")]
    [InlineData("You have 2 bikes.", "You have two bikes.")]
    [InlineData("Since 1998.", "Since 1998.")]
    [InlineData("We are here 24/7.", "We are here twenty-four seven.")]
    [InlineData("No figures here.", "No figures here.")]
    [InlineData("We raised $1.5 million.", "We raised one point five million dollars.")]
    [InlineData("It cost $2 billion in all.", "It cost two billion dollars in all.")]
    [InlineData("It holds 1,000.50 litres.", "It holds one thousand point five zero litres.")]
    [InlineData("Keep it at 20°C.", "Keep it at twenty degrees C.")]
    [InlineData("See northside-bikes.com/shop or example.co.uk.", "See northside dash bikes dot com slash shop or example dot co dot uk.")]
    [InlineData("It takes 3-5 days.", "It takes three to five days.")]
    [InlineData("It takes 10–12 days.", "It takes ten to twelve days.")]
    public void Is_what_a_voice_can_say(string written, string spoken) => Assert.Equal(spoken, SpokenText.Shape(written, "en-US", Today));

    [Fact]
    public void Days_come_first_where_they_do() =>
        Assert.Equal("Come on Tuesday, the twenty-fourth of November.", SpokenText.Shape("Come on 24/11/2026.", "en-GB", Today));

    [Fact]
    public void Other_languages_keep_their_figures() => Assert.Equal("Das kostet 12,50 €.", SpokenText.Shape("**Das** kostet 12,50 €.", "de-DE", Today));

    [Fact]
    public void Nothing_that_a_model_writes_throws()
    {
        var random = new Random(7);
        const string Alphabet = "ab 0123456789.,:;/-+$€%@#*_`[](){}<>|&=\n😀\ud83d";
        for (int i = 0; i < 3000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            string spoken = SpokenText.Shape(text, "en-US", Today);
            Assert.DoesNotContain('*', spoken);
            Assert.DoesNotContain('`', spoken);
        }
    }
}
