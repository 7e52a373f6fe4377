using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.Numbers;
using PhoneAgent.Campaigns.Windows;
using Xunit;

namespace PhoneAgent.Tests.Campaigns.Numbers;

public class NumberZonesTests
{
    [Theory]
    [InlineData("+4930123456", "Europe/Berlin")]
    [InlineData("+12125550100", "America/New_York")]
    [InlineData("+14155550100", "America/Los_Angeles")]
    [InlineData("+12085550100", "America/Denver America/Los_Angeles")] // Idaho has two
    [InlineData("+18505550100", "America/New_York America/Chicago")] // so has Florida's west
    [InlineData("+17875550100", "America/Puerto_Rico")]
    [InlineData("+74951234567", "Europe/Moscow")]
    [InlineData("+74232123456", "Asia/Vladivostok")]
    [InlineData("+77272123456", "Asia/Almaty Asia/Aqtau")]
    [InlineData("+61891234567", "Australia/Perth Australia/Adelaide")]
    [InlineData("+61398765432", "Australia/Melbourne")]
    [InlineData("+556811112222", "America/Rio_Branco")]
    [InlineData("+5511912345678", "America/Sao_Paulo")]
    [InlineData("+526641234567", "America/Tijuana")]
    [InlineData("+622112345678", "Asia/Jakarta")]
    [InlineData("+34928123456", "Atlantic/Canary")]
    [InlineData("+80012345678", "")]
    public void Digits_tell_the_zones(string number, string zones)
    {
        Assert.True(PhoneNumber.TryCreate(number, out PhoneNumber parsed));
        Assert.Equal(zones.Split(' ', StringSplitOptions.RemoveEmptyEntries), NumberZones.Of(parsed));
    }

    /// <summary>Who could be anywhere is called only when it is time everywhere.</summary>
    [Theory]
    [InlineData("+79161234567", "Europe/Kaliningrad Asia/Kamchatka")] // a Russian mobile
    [InlineData("+61412345678", "Australia/Sydney Australia/Perth")]
    [InlineData("+18005550100", "America/New_York Pacific/Honolulu")]
    [InlineData("+628123456789", "Asia/Jakarta Asia/Jayapura")]
    public void A_number_without_a_place_has_all_zones(string number, string zones)
    {
        Assert.True(PhoneNumber.TryCreate(number, out PhoneNumber parsed));
        Assert.Subset(NumberZones.Of(parsed).ToHashSet(), zones.Split(' ').ToHashSet());
    }

    [Fact]
    public void Every_zone_of_the_table_is_known() =>
        Assert.All(NumberZones.All, name => Assert.True(TimeZones.OfMachine.TryFind(name, out _, out string? error), error));

    [Fact]
    public void Every_country_has_a_zone() =>
        Assert.All(NumberingPlan.Countries, country =>
        {
            CountryRules rules = NumberingPlan.OfCountry(country)!;
            Assert.True(PhoneNumber.TryCreate($"+{rules.Code}{new string('2', rules.Lengths.Min())}", out PhoneNumber number));
            Assert.NotEmpty(NumberZones.Of(number));
        });
}
