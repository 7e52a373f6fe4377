using PhoneAgent.Campaigns.CallerIds;
using PhoneAgent.Campaigns.Contacts;
using Xunit;

namespace PhoneAgent.Tests.Campaigns.CallerIds;

public class CallerIdChooserTests
{
    private static PhoneNumber Number(string text) => PhoneNumber.TryCreate(text, out PhoneNumber number) ? number : throw new FormatException(text);

    private static CallerIdOptions Options(params string[] numbers) => new() { Numbers = [.. numbers.Select(Number)] };

    [Theory]
    [InlineData("+14155550999", "+14155550100")] // same area code
    [InlineData("+14085550999", "+14155550100")] // same state's beginning
    [InlineData("+4989123456", "+49895550100")]
    [InlineData("+49301234567", "+49305550100")]
    public void The_nearest_number_is_shown(string contact, string expected)
    {
        var chooser = new CallerIdChooser(Options("+49305550100", "+49895550100", "+14155550100", "+12125550100"));
        Assert.Equal(expected, chooser.Choose(Number(contact)).Number?.Value);
    }

    /// <summary>+44 is no nearer to +49 than +1: a digit in common is no country in common.</summary>
    [Fact]
    public void Numbers_of_no_near_place_take_turns()
    {
        var chooser = new CallerIdChooser(Options("+442079460018", "+14155550100"));
        Assert.Equal(["+442079460018", "+14155550100", "+442079460018"], Enumerable.Range(0, 3).Select(_ => chooser.Choose(Number("+4930123456")).Number!.Value.Value));
    }

    [Fact]
    public void Equally_near_numbers_take_turns()
    {
        var chooser = new CallerIdChooser(Options("+49305550100", "+49305550200", "+49895550100"));
        Assert.Equal(2, Enumerable.Range(0, 6).Select(_ => chooser.Choose(Number("+49301234567")).Number).Distinct().Count());
    }

    [Fact]
    public void Rotation_uses_all_alike()
    {
        var chooser = new CallerIdChooser(Options("+49305550100", "+49895550100", "+14155550100") with { Choose = CallerIdChoice.Rotate });
        var shown = Enumerable.Range(0, 9).Select(_ => chooser.Choose(Number("+4930123456")).Number).GroupBy(number => number).ToList();
        Assert.Equal(3, shown.Count);
        Assert.All(shown, group => Assert.Equal(3, group.Count()));
    }

    [Fact]
    public void Nothing_is_asserted_or_withheld_unless_the_plan_says_so()
    {
        CallerIdentity plain = new CallerIdChooser(Options("+49305550100")).Choose(Number("+4930123456"));
        Assert.Equal((null, false), (plain.AssertedNumber?.Value, plain.IsWithheld));
        CallerIdentity asserted = new CallerIdChooser(Options("+49305550100") with { Assert = true, Privacy = CallerPrivacy.Withheld, DisplayName = "Us" }).Choose(Number("+4930123456"));
        Assert.Equal(("+49305550100", true, "Us"), (asserted.AssertedNumber?.Value, asserted.IsWithheld, asserted.DisplayName));
        CallerIdentity main = new CallerIdChooser(Options("+49305550100") with { Assert = true, AssertedNumber = Number("+49305550000") }).Choose(Number("+4930123456"));
        Assert.Equal("+49305550000", main.AssertedNumber?.Value);
        Assert.Null(new CallerIdChooser(new CallerIdOptions()).Choose(Number("+4930123456")).Number);
    }
}
