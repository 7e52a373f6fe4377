using FsCheck;
using FsCheck.Fluent;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.Numbers;
using Xunit;

namespace PhoneAgent.Tests.Campaigns.Numbers;

public class NumberNormalizerTests
{
    [Theory]
    [InlineData("030 / 1234-56", "DE", "+4930123456")]
    [InlineData("+49 (0)30 123456", null, "+4930123456")]
    [InlineData("+49 030 123456", null, "+4930123456")]
    [InlineData("0049 30 123456", "DE", "+4930123456")]
    [InlineData("0049 30 123456", null, "+4930123456")]
    [InlineData("4930123456789", "DE", "+494930123456789")]
    [InlineData("(415) 555-0100", "US", "+14155550100")]
    [InlineData("+1 415 555 0100", "DE", "+14155550100")]
    [InlineData("1-415-555-0100", "US", "+14155550100")]
    [InlineData("011 49 30 123456", "US", "+4930123456")]
    [InlineData("415.555.0100", "CA", "+14155550100")]
    [InlineData("020 7946 0018", "GB", "+442079460018")]
    [InlineData("(01632) 960 001", "gb", "+441632960001")]
    [InlineData("447911123456", "GB", "+447911123456")]
    [InlineData("06 12 34 56 78", "FR", "+33612345678")]
    [InlineData("06 6982", "IT", "+39066982")]
    [InlineData("+39 06 6982", null, "+39066982")]
    [InlineData("8 (495) 123-45-67", "RU", "+74951234567")]
    [InlineData("810 49 30 123456", "RU", "+4930123456")]
    [InlineData("06 1 234 5678", "HU", "+3612345678")]
    [InlineData("0011 44 20 7946 0018", "AU", "+442079460018")]
    [InlineData("03-1234-5678", "JP", "+81312345678")]
    [InlineData("8 017 123-45-67", "BY", "+375171234567")]
    [InlineData("612 345 678", "ES", "+34612345678")]
    [InlineData("tel:+49-30-123456", null, "+4930123456")]
    [InlineData("'+4930123456", null, "+4930123456")]
    [InlineData("＋４９ ３０ １２３４５６", null, "+4930123456")]
    [InlineData("+٤٩٣٠١٢٣٤٥٦", null, "+4930123456")]
    [InlineData("\u202A+49 30\u00A0123456\u202C", null, "+4930123456")]
    [InlineData("+800 1234 5678", null, "+80012345678")]
    public void A_spelling_is_read(string text, string? country, string expected)
    {
        Assert.True(NumberNormalizer.TryNormalize(text, country, out PhoneNumber number, out string? error), error);
        Assert.Equal(expected, number.Value);
    }

    [Theory]
    [InlineData("", "DE", "no digits")]
    [InlineData("030 123456", null, "country is missing")]
    [InlineData("030 123456", "Germany", "country is unknown")]
    [InlineData("030 123456", "ZZ", "country is unknown")]
    [InlineData("555-0100", "US", "too short for +1: 7 digits")]
    [InlineData("+1 415 555 01001", null, "too long for +1: 11 digits")]
    [InlineData("+44 20 7946", null, "too short for +44")]
    [InlineData("+33 6 12 34 56 7", null, "too short for +33")]
    [InlineData("+33 6 12 34 56 789", null, "too long for +33")]
    [InlineData("+49 12", null, "too short for +49")]
    [InlineData("+49 30 12345678901234", null, "too long for +49")]
    [InlineData("+1 115 555 0100", null, "no such area code")]
    [InlineData("+1 415 155 0100", null, "no such area code")]
    [InlineData("0012345678", "KE", "does not begin with 0")]
    [InlineData("+49 0030 123456", null, "does not begin with 0")]
    [InlineData("+210 123456", null, "no country has this code")]
    [InlineData("+0 123456789", null, "no country has this code")]
    [InlineData("(415) 555-0100 x12", "US", "extension")]
    [InlineData("415-555-0100 ext. 12", "US", "letters")]
    [InlineData("415-555-0100,12", "US", "extension")]
    [InlineData("030 123456 #7", "DE", "extension")]
    [InlineData("1-800-FLOWERS", "US", "letters")]
    [InlineData("4.93012E+11", "DE", "rounded")]
    [InlineData("030+123456", "DE", "'+' must stand")]
    [InlineData("030_123456", "DE", "belongs to no number")]
    [InlineData("030 123456 / 0170 12345678", "DE", "too long for +49")]
    public void What_is_no_number_is_refused_with_the_reason(string text, string? country, string words)
    {
        Assert.False(NumberNormalizer.TryNormalize(text, country, out PhoneNumber number, out string? error));
        Assert.Equal(default, number);
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flood_of_digits_is_refused() =>
        Assert.False(NumberNormalizer.TryNormalize(new string('1', 100_000), "US", out _, out _));

    /// <summary>Whatever text comes, there is a number of E.164 or a reason, and a number is its own normal form.</summary>
    [Fact]
    public void A_result_is_a_fixed_point()
    {
        string[] countries = [.. NumberingPlan.Countries];
        Gen<string> texts = Gen.Elements("0123456789012345678901234567890123456789+-/() .x".ToCharArray()).ArrayOf().Select(chars => new string(chars));
        Prop.ForAll(Arb.From(texts), Arb.From(Gen.Elements(countries)), (text, country) =>
        {
            if (!NumberNormalizer.TryNormalize(text, country, out PhoneNumber number, out string? error))
                return error.Length > 0;
            return number.Value.Length <= 16
                && NumberNormalizer.TryNormalize(number.Value, null, out PhoneNumber again, out _) && again == number;
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>Written with the trunk prefix, with the international one or with "+", in any country: it is one number.</summary>
    [Fact]
    public void The_ways_of_writing_a_number_mean_the_same()
    {
        foreach (string country in NumberingPlan.Countries)
        {
            CountryRules rules = NumberingPlan.OfCountry(country)!;
            foreach (int length in rules.Lengths.Where(length => rules.Code.Length + length <= 15))
            {
                string national = new('2', length);
                string expected = $"+{rules.Code}{national}";
                foreach (string text in new[] { expected, rules.Trunk + national, national, $"{rules.International[0]}{rules.Code}{national}" })
                {
                    Assert.True(NumberNormalizer.TryNormalize(text, country, out PhoneNumber number, out string? error), $"{country} {text}: {error}");
                    Assert.Equal(expected, number.Value);
                }
                Assert.False(NumberNormalizer.TryNormalize($"+{rules.Code}{new string('2', rules.Lengths.Min() - 1)}", null, out PhoneNumber tooShort, out _)
                    && NumberingPlan.OfDigits(rules.Code).All(shared => shared.Lengths.Min() >= rules.Lengths.Min()), tooShort.Value);
            }
        }
    }
}
