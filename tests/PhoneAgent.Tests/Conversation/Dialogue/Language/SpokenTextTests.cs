using FsCheck;
using FsCheck.Fluent;
using PhoneAgent.Conversation.Dialogue.Language;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Dialogue.Language;

public sealed class SpokenTextTests
{
    [Theory]
    [InlineData("Yes, that's right.", "yes that's right")]
    [InlineData("It’s forty-two.", "it's forty two")]
    [InlineData("Um, I'd like, uh, two tickets", "i'd like two tickets")]
    [InlineData("at 10:30 a.m.", "at ten thirty a m")]
    [InlineData("9am or 10.15pm", "nine a m or ten fifteen p m")]
    [InlineData("9 AM", "nine a m")]
    [InlineData("I am here", "i am here")]
    [InlineData("10:00", "ten o'clock")]
    [InlineData("14:00, 10:05", "fourteen hundred ten oh five")]
    [InlineData("May 5th, 2026", "may fifth twenty twenty six")]
    [InlineData("the 22nd", "the twenty second")]
    [InlineData("$12.50", "twelve dollars and fifty cents")]
    [InlineData("50% of 1,250", "fifty percent of one thousand two hundred and fifty")]
    [InlineData("3.5", "three point five")]
    [InlineData("Option 2 & option B2", "option two and option b two")]
    [InlineData("420718", "four two zero seven one eight")]
    [InlineData("42-07-18", "four two zero seven one eight")]
    [InlineData("42 07 18", "forty two zero seven eighteen")]
    [InlineData("(555) 123-4567", "five hundred and fifty five one two three four five six seven")]
    [InlineData("+44 20", "plus four four twenty")]
    [InlineData("john.smith@example.com", "john dot smith at example dot com")]
    [InlineData("www.example.org, please", "www dot example dot org please")]
    [InlineData("[BLANK_AUDIO] (soft music) ♪ *coughs* hello", "hello")]
    [InlineData("...", "")]
    [InlineData("", "")]
    [InlineData("O.K.", "okay")]
    public void IsWordsAsSpoken(string written, string spoken) =>
        Assert.Equal(spoken, string.Join(' ', SpokenText.Words(written, "en-US", NumberReading.Cardinal)));

    [Theory]
    [InlineData("420718", "four two zero seven one eight")]
    [InlineData("42 07 18", "four two zero seven one eight")]
    [InlineData("It's 42, 07, 18.", "it's four two zero seven one eight")]
    [InlineData("(555) 123-4567", "five five five one two three four five six seven")]
    [InlineData("four two oh seven", "four two oh seven")]
    [InlineData("420,718", "four two zero seven one eight")]
    [InlineData("at 10:30", "at ten thirty")]
    public void DigitsAreReadOneByOneWhereDigitsAreExpected(string written, string spoken) =>
        Assert.Equal(spoken, string.Join(' ', SpokenText.Words(written, "en-GB", NumberReading.Digits)));

    [Fact]
    public void AnotherLanguageKeepsItsNumerals() =>
        Assert.Equal("ja um 10 uhr 30", string.Join(' ', SpokenText.Words("Ja, um 10 Uhr 30!", "de-DE", NumberReading.Cardinal)));

    [Theory]
    [InlineData("99999999999999999999999999 1e10 0x1F ١٢٣ 5:99 24:00 0th 12345678901234567890th $ % 1,2,3")]
    [InlineData("𝟙𝟚 ½ ² \0 \ud800 '' - . 1. .5 -1 1/2 3-4-5 :30 a.m")]
    public void OddTextsDoNotHurt(string written)
    {
        foreach (NumberReading reading in Enum.GetValues<NumberReading>())
            Assert.All(SpokenText.Words(written, "en", reading), word => Assert.Equal([word], Words.Split(word)));
    }

    /// <summary>Whatever an engine writes becomes plain words, and plain words are left as they are.</summary>
    [Fact]
    public void WordsStayAsTheyAreWhenReadAgain()
    {
        var written = Gen.Elements(
            "yes", "It's", "42", "07", "420718", "1,250", "3.5", "10:30", "10:05", "9am", "a.m.", "p.m.", "pm", "5th", "$12.50", "50%", "+44", "B2",
            "um", "[MUSIC]", "(555)", "123-4567", "1/2", "...", "&", "o'clock", "john@example.com", "naïve", "日本", "’tis", "O.K.");
        Check.QuickThrowOnFailure(Prop.ForAll(Gen.ListOf(written).ToArbitrary(), Gen.Elements(Enum.GetValues<NumberReading>()).ToArbitrary(), (texts, reading) =>
        {
            IReadOnlyList<string> once = SpokenText.Words(string.Join(' ', texts), "en-US", reading);
            return once.All(word => Words.Split(word) is [var only] && only == word)
                && once.SequenceEqual(SpokenText.Words(string.Join(' ', once), "en-US", reading));
        }));
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text =>
            SpokenText.Words(text.Get, "en", NumberReading.Cardinal).All(word => Words.Split(word) is [var only] && only == word)));
    }

    [Fact]
    public void LengthIsCapped() =>
        Assert.Equal(Words.MaxWords, SpokenText.Words(string.Concat(Enumerable.Repeat("word 12345 ", 5000)), "en", NumberReading.Digits).Count);
}
