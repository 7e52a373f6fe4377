using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.Windows;
using PhoneAgent.Conversation;
using Xunit;

namespace PhoneAgent.Tests.Campaigns.Windows;

public class TimeZonesTests
{
    private static readonly TimeZones s_none = new(name => name == "UTC" ? TimeZoneInfo.Utc : null);

    [Fact]
    public void A_machine_without_zones_says_what_to_install()
    {
        Assert.False(s_none.TryFind("Europe/Berlin", out _, out string? error));
        Assert.Contains("tzdata", error, StringComparison.Ordinal);
        Assert.True(s_none.TryFind("UTC", out _, out _));
    }

    [Theory]
    [InlineData("Mars/Base")]
    [InlineData("Berlin")]
    [InlineData("W. Europe Standard Time")]
    [InlineData("../../etc/passwd")]
    [InlineData("")]
    public void A_name_that_is_none_is_refused(string name)
    {
        Assert.False(TimeZones.OfMachine.TryFind(name, out _, out string? error));
        Assert.Contains("IANA", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_contact_is_where_its_row_says_else_where_its_number_may_be_else_where_the_campaign_says()
    {
        var zones = new ContactZones(TimeZoneInfo.Utc);
        Assert.Equal(["Asia/Tokyo"], zones.Of(Number("+4930123456"), "Asia/Tokyo").Select(zone => zone.Id));
        Assert.Equal(["Europe/Berlin"], zones.Of(Number("+4930123456"), null).Select(zone => zone.Id));
        Assert.Equal(2, zones.Of(Number("+12085550100"), null).Count);
        Assert.Equal(["UTC"], zones.Of(Number("+80012345678"), null).Select(zone => zone.Id));
        Assert.Empty(new ContactZones(null).Of(Number("+80012345678"), null));
    }

    /// <summary>A zone that the machine lacks must not be left out: somebody there would be woken.</summary>
    [Fact]
    public void A_number_in_several_zones_of_which_one_is_unknown_is_nowhere()
    {
        var some = new TimeZones(name => name == "America/Denver" ? TimeZoneInfo.FindSystemTimeZoneById(name) : null);
        Assert.Empty(new ContactZones(some, TimeZoneInfo.Utc).Of(Number("+12085550100"), null));
    }

    [Fact]
    public void A_file_of_days_off_is_read_with_every_problem()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "# ours\n12-25 Christmas\n\n 2026-04-03;Good Friday\nEaster\n02-30\n02-29\n");
            var problems = new List<ConfigProblem>();
            Assert.Equal(3, HolidayFile.Read(file, problems).Count);
            Assert.Equal([5, 6], problems.Select(problem => problem.Line));
        }
        finally
        {
            File.Delete(file);
        }
        var missing = new List<ConfigProblem>();
        Assert.Empty(HolidayFile.Read(file, missing));
        Assert.Contains("cannot be read", Assert.Single(missing).Message, StringComparison.Ordinal);
    }

    private static PhoneNumber Number(string text) => PhoneNumber.TryCreate(text, out PhoneNumber number) ? number : throw new FormatException(text);
}
