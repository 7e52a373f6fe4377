using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using PhoneAgent.Conversation.Dialogue.Language;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Dialogue.Language;

/// <summary>What the agent says, the agent would understand.</summary>
public sealed class SpokenRoundTripTests
{
    private static readonly DateOnly Today = new(2026, 11, 21);

    [Fact]
    public void Numbers()
    {
        for (long value = -200; value <= 20_000; value++)
            AssertNumber(value);
        Check.QuickThrowOnFailure(Prop.ForAll(
            Gen.Choose(0, int.MaxValue).SelectMany(high => Gen.Choose(0, 999), (high, low) => high * 400L + low).ToArbitrary(), AssertNumber));
        AssertNumber(SpokenNumbers.Max);
        Assert.Throws<ArgumentOutOfRangeException>(() => SpokenNumbers.Cardinal(SpokenNumbers.Max + 1));
    }

    private static void AssertNumber(long value)
    {
        Assert.True(SpokenNumbers.TryParse(Words.Split(SpokenNumbers.Cardinal(value)), out long parsed), SpokenNumbers.Cardinal(value));
        Assert.Equal(value, parsed);
    }

    [Theory]
    [InlineData(0, "zero")]
    [InlineData(21, "twenty-one")]
    [InlineData(105, "one hundred and five")]
    [InlineData(1_002_300, "one million two thousand three hundred")]
    public void Cardinals(long value, string words) => Assert.Equal(words, SpokenNumbers.Cardinal(value));

    [Theory]
    [InlineData(1, "first")]
    [InlineData(12, "twelfth")]
    [InlineData(20, "twentieth")]
    [InlineData(31, "thirty-first")]
    [InlineData(100, "one hundredth")]
    public void Ordinals(long value, string words) => Assert.Equal(words, SpokenNumbers.Ordinal(value));

    [Fact]
    public void Digits() => Check.QuickThrowOnFailure(Prop.ForAll(
        Gen.Choose(0, 9).NonEmptyListOf().ToArbitrary(),
        digits =>
        {
            string text = string.Concat(digits.Take(32));
            for (int group = 0; group <= 4; group++)
            {
                Assert.True(SpokenDigits.TryParse(Words.Split(SpokenDigits.Say(text, group)), out string parsed));
                Assert.Equal(text, parsed);
            }
        }));

    [Theory]
    [InlineData("four two oh seven", "4207")]
    [InlineData("it's double five triple one", "55111")]
    [InlineData("my order number is 42 07", "4207")]
    [InlineData("oh it's four two", "42")]
    [InlineData("oh four two", "042")]
    [InlineData("forty two zero seven", "4207")]
    [InlineData("two hundred", "200")]
    [InlineData("two hundred and five", "205")]
    [InlineData("one hundred and twenty three", "123")]
    [InlineData("two thousand and five", "2005")]
    [InlineData("oh eight hundred five five five", "0800555")]
    [InlineData("oh eight hundred and five five five", "0800555")]
    [InlineData("double o seven", "007")]
    [InlineData("treble nine", "999")]
    public void Digits_as_people_say_them(string words, string digits)
    {
        Assert.True(SpokenDigits.TryParse(Words.Split(words), out string parsed));
        Assert.Equal(digits, parsed);
    }

    [Theory]
    [InlineData("four elephants")]
    [InlineData("my order")]
    [InlineData("oh yes")]
    [InlineData("")]
    public void No_digits(string words) => Assert.False(SpokenDigits.TryParse(Words.Split(words), out _));

    [Fact]
    public void Dates_of_the_next_years()
    {
        for (int today = 0; today < 1500; today += 17)
        {
            DateOnly from = Today.AddDays(today);
            for (int ahead = 0; ahead < 800; ahead += 1 + today % 5)
            {
                DateOnly date = from.AddDays(ahead);
                foreach (bool american in (bool[])[true, false])
                {
                    string said = SpokenDates.Say(date, from, american);
                    Assert.True(SpokenDates.TryParse(Words.Split(said), from, out DateOnly parsed), said);
                    Assert.Equal(date, parsed);
                    said = SpokenDates.SayNear(date, from, american);
                    Assert.True(SpokenDates.TryParse(Words.Split(said), from, out parsed), said);
                    Assert.Equal(date, parsed);
                }
            }
        }
    }

    [Theory]
    [InlineData("today", "2026-11-21")]
    [InlineData("tomorrow morning", "2026-11-22")]
    [InlineData("the day after tomorrow", "2026-11-23")]
    [InlineData("on saturday", "2026-11-21")]
    [InlineData("next saturday", "2026-11-28")]
    [InlineData("monday", "2026-11-23")]
    [InlineData("wednesday next week", "2026-11-25")]
    [InlineData("next week", "2026-11-28")]
    [InlineData("in three days", "2026-11-24")]
    [InlineData("the fifth of may", "2027-05-05")]
    [InlineData("may fifth", "2027-05-05")]
    [InlineData("may five", "2027-05-05")]
    [InlineData("tuesday the first of december", "2026-12-01")]
    [InlineData("the thirty first", "2026-12-31")]
    [InlineData("twenty ninth of february", "2028-02-29")]
    [InlineData("december 24th", "2026-12-24")]
    [InlineData("may fifth twenty twenty eight", "2028-05-05")]
    public void Dates_as_people_say_them(string words, string date)
    {
        Assert.True(SpokenDates.TryParse(Words.Split(words), Today, out DateOnly parsed));
        Assert.Equal(date, parsed.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("the thirty second of may")]
    [InlineData("february thirtieth")]
    [InlineData("five")]
    [InlineData("my order")]
    [InlineData("next")]
    public void No_dates(string words) => Assert.False(SpokenDates.TryParse(Words.Split(words), Today, out _));

    [Fact]
    public void Every_minute_of_a_day()
    {
        for (int minute = 0; minute < 24 * 60; minute++)
        {
            TimeOnly time = TimeOnly.MinValue.AddMinutes(minute);
            Assert.True(SpokenTimes.TryParse(Words.Split(SpokenTimes.Say(time)), out TimeOnly parsed), SpokenTimes.Say(time));
            Assert.Equal(time, parsed);
        }
    }

    [Theory]
    [InlineData("at nine", "09:00")]
    [InlineData("half past two", "14:30")]
    [InlineData("half past ten", "10:30")]
    [InlineData("ten thirty", "10:30")]
    [InlineData("ten at night", "22:00")]
    [InlineData("at eleven thirty at night", "23:30")]
    [InlineData("twelve at night", "00:00")]
    [InlineData("two at night", "02:00")]
    [InlineData("three thirty p m", "15:30")]
    [InlineData("a quarter to nine", "08:45")]
    [InlineData("quarter to one", "12:45")]
    [InlineData("ten past twelve", "12:10")]
    [InlineData("nine o'clock in the evening", "21:00")]
    [InlineData("twelve a m", "00:00")]
    [InlineData("2:30 p.m.", "14:30")]
    [InlineData("9am", "09:00")]
    [InlineData("fourteen thirty", "14:30")]
    [InlineData("nine oh five", "09:05")]
    [InlineData("twenty five to five", "16:35")]
    [InlineData("1430", "14:30")]
    public void Times_as_people_say_them(string words, string time)
    {
        Assert.True(SpokenTimes.TryParse(Words.Split(words), out TimeOnly parsed));
        Assert.Equal(time, parsed.ToString("HH:mm", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("twenty five")]
    [InlineData("nine ninety")]
    [InlineData("half past")]
    [InlineData("tomorrow")]
    public void No_times(string words) => Assert.False(SpokenTimes.TryParse(Words.Split(words), out _));

    [Theory]
    [InlineData("12.50", "twelve dollars and fifty cents")]
    [InlineData("$1.01", "one dollar and one cent")]
    [InlineData("0.99 EUR", "ninety-nine cents")]
    [InlineData("GBP 3", "three pounds")]
    [InlineData("-2", "minus two dollars")]
    public void Money(string amount, string words)
    {
        Assert.True(SpokenMoney.TrySay(amount, "USD", out string spoken));
        Assert.Equal(words, spoken);
    }
}
