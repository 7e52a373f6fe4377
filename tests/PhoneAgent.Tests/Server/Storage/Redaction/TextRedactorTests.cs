using FsCheck;
using FsCheck.Fluent;
using PhoneAgent.Conversation.Dialogue.Language;
using PhoneAgent.Server.Storage.Redaction;
using Xunit;

namespace PhoneAgent.Tests.Server.Storage.Redaction;

public sealed class TextRedactorTests
{
    private static readonly TextRedactor Numbers = new(numbers: true, profanity: null);
    private static readonly TextRedactor Everything = new(numbers: true, new ProfanityList(["blast"]));

    [Theory]
    [InlineData("Call me on +44 (0)20 7946 0958, please.", "Call me on [number], please.")]
    [InlineData("it's 0171/123-4567", "it's [number]")]
    [InlineData("my card is 4111 1111 1111 1111 yes", "my card is [card number] yes")]
    [InlineData("my card is 4111 1111 1111 1112 yes", "my card is [number] yes")]
    [InlineData("card four one one one, one one one one, one one one one, one one one one", "card [card number]")]
    [InlineData("my order number is four two zero seven one eight", "my order number is [number]")]
    [InlineData("double five, triple oh and seven one it is", "[number] it is")]
    [InlineData("oh one seventy one, um, twenty three forty five", "[number]")]
    [InlineData("order 420718 has been shipped", "order [number] has been shipped")]
    [InlineData("customer AB123456", "customer [number]")]
    [InlineData("IBAN DE89370400440532013000.", "IBAN [number].")]
    [InlineData("write to jane.doe+x@mail.example.co.uk now", "write to [e-mail] now")]
    [InlineData("it's jane dot doe at example dot com", "it's [e-mail]")]
    [InlineData("my number is four two zero", "my number is four two zero")]
    public void NumbersAndAddressesAreTakenOut(string text, string redacted) => Assert.Equal(redacted, Numbers.Redact(text));

    [Theory]
    [InlineData("We are open from nine to six, on Saturday from ten to four.")]
    [InlineData("It costs 1,299 euros, or one thousand two hundred and ninety nine.")]
    [InlineData("On 2026-11-21 at 10:30, or on 21.11.2026, or 11/21/2026.")]
    [InlineData("2026-11-21T10:30:00")]
    [InlineData("on november twenty first twenty twenty six at ten thirty")]
    [InlineData("one, two, three")]
    [InlineData("I live at 14 Mill Lane, flat 3, AB1 2CD")]
    [InlineData("meet me at the dot")]
    [InlineData("oh well, no one knows")]
    public void WhatPeopleOtherwiseSayStays(string text) => Assert.Equal(text, Numbers.Redact(text));

    [Theory]
    [InlineData("my number is four two zero", "my number is [number]")]
    [InlineData("seven one eight", "[number]")]
    [InlineData("it's 4207", "it's [number]")]
    [InlineData("tomorrow at ten thirty", "tomorrow at ten thirty")]
    [InlineData("four two zero apples", "four two zero apples")]
    public void ANumberThatIsSaidInPartsIsTakenOutInParts(string text, string redacted) => Assert.Equal(redacted, Numbers.Redact(text, mayGoOn: true));

    [Theory]
    [InlineData("What the Fuck is this shit?", "What the […] is this […]?")]
    [InlineData("you fucking wankers", "you […] […]")]
    [InlineData("Oh, blast!", "Oh, […]!")]
    [InlineData("I live in Scunthorpe and pass the class with a cockatoo.", "I live in Scunthorpe and pass the class with a cockatoo.")]
    public void ProfanityIsTakenOutByWholeWords(string text, string redacted) => Assert.Equal(redacted, Everything.Redact(text));

    /// <summary>However a long number is grouped and written, no three digits of it in a row are left.</summary>
    [Fact]
    public void NoWrittenNumberIsLeft() => Check.QuickThrowOnFailure(Prop.ForAll(
        Digits().SelectMany(digits => Gen.Elements(" ", "-", ".", "/", ", ", " - ", "").SelectMany(separator => Gen.Choose(1, 4), (separator, size) => (digits, separator, size))).ToArbitrary(),
        sample =>
        {
            string written = string.Join(sample.separator, sample.digits.Chunk(sample.size).Select(c => new string(c)));
            if (DateText.IsDate(written))
                return;
            string redacted = Numbers.Redact($"My number is {written}, thank you.");
            Assert.True(redacted is "My number is [number], thank you." or "My number is [card number], thank you.", $"{written}: {redacted}");
        }));

    /// <summary>What the agent reads out is found, whatever the groups.</summary>
    [Fact]
    public void NoSpokenNumberIsLeft() => Check.QuickThrowOnFailure(Prop.ForAll(
        Digits().SelectMany(_ => Gen.Choose(0, 5), (digits, group) => (digits, group)).ToArbitrary(),
        sample =>
        {
            string spoken = SpokenDigits.Say(sample.digits, sample.group);
            string redacted = Numbers.Redact($"i said {spoken} okay");
            Assert.True(redacted is "i said [number] okay" or "i said [card number] okay", $"{spoken}: {redacted}");
        }));

    [Fact]
    public void TwiceIsAsGoodAsOnceAndNothingThrows() => Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<string?>(), text =>
    {
        string once = Everything.Redact(text ?? "");
        Assert.Equal(once, Everything.Redact(once));
    }));

    [Fact]
    public void TextWithoutDigitsStays() => Check.QuickThrowOnFailure(Prop.ForAll(
        Gen.Elements("please", "call", "me", "tomorrow", "at", "noon", ",", "the", "bike", "and", "dash", "?").ListOf().ToArbitrary(),
        words => Assert.Equal(string.Join(' ', words), Everything.Redact(string.Join(' ', words), mayGoOn: true))));

    [Theory]
    [InlineData("79927398713", true)]
    [InlineData("79927398710", false)]
    [InlineData("4111111111111111", true)]
    public void TheCheckDigitIsLuhns(string digits, bool valid) => Assert.Equal(valid, TextRedactor.PassesLuhn(digits));

    private static Gen<string> Digits() =>
        Gen.Choose(TextRedactor.MinDigits, 16).SelectMany(count => Gen.Choose(0, 9).ArrayOf(count), (_, digits) => string.Concat(digits));
}
