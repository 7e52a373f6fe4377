using System.Globalization;
using System.Text;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.Plans;
using PhoneAgent.Conversation;
using PhoneAgent.Tests.Campaigns.Plans;
using Xunit;

namespace PhoneAgent.Tests.Campaigns.Contacts;

public class ContactImportTests
{
    private const string Plan = "agent: a\ndo_not_call: company\nwindow: {open: {monday-friday: \"9:00-17:00\"}}\n";
    private static readonly CampaignPlan s_german = CampaignFileTests.Read(Plan + "contacts: {default_country: DE}");
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static ContactTable Read(string csv, CampaignPlan? plan = null) => Read(Encoding.UTF8.GetBytes(csv), plan);

    private static ContactTable Read(byte[] csv, CampaignPlan? plan = null)
    {
        using var stream = new MemoryStream(csv);
        return ContactImport.Read("c.csv", plan ?? s_german, stream, s_now);
    }

    [Theory]
    [InlineData("phone,First Name,e-mail\n030 123456,Ada,a@b.c\n")]
    [InlineData("phone;First Name;e-mail\r\n030 123456;Ada;a@b.c\r\n")]
    [InlineData("\uFEFFPhone\tFirst Name\te-mail\n030 123456\tAda\ta@b.c")]
    [InlineData("sep=;\nPHONE;First Name;e-mail\n030 123456;Ada;a@b.c")]
    [InlineData("First Name,e-mail,Phone Number\n\"Ada\",a@b.c,\"030 123456\"\n")]
    public void A_table_is_read(string csv)
    {
        ContactTable table = Read(csv);
        Assert.Empty(table.Problems);
        NewContact contact = Assert.Single(table.Contacts);
        Assert.Equal("+4930123456", contact.Number.Value);
        Assert.Null(contact.TimeZone);
        Assert.Equal(new Dictionary<string, string> { ["first_name"] = "Ada", ["e_mail"] = "a@b.c" }, contact.Variables);
        Assert.True(table.IsComplete);
    }

    [Fact]
    public void A_table_in_utf16_is_read()
    {
        byte[] bytes = [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("phone,name\n030 123456,Jürgen")];
        Assert.Equal("Jürgen", Assert.Single(Read(bytes).Contacts).Variables["name"]);
    }

    [Fact]
    public void Bad_rows_are_named_and_good_ones_kept()
    {
        ContactTable table = Read("""
            phone,country,tz,name
            030 123456,,,Ada
            ,,,Nobody
            12,,,Short
            415 555 0100,US,,Grace
            415 555 0101,us,Mars/Base,Mark
            too,many,fields,in,this,row
            +44 20 7946 0018,,Europe/London,"Alan

            Turing"
            +800 1234 5678,,,Free
            "030 1"23",,,Quote
            030 123457,,,Last
            """);
        Assert.Equal(["+4930123456", "+14155550100", "+442079460018", "+4930123457"], table.Contacts.Select(contact => contact.Number.Value));
        Assert.Equal("Alan Turing", table.Contacts[2].Variables["name"]);
        Assert.Equal("Europe/London", table.Contacts[2].TimeZone);
        Assert.Equal([3, 4, 6, 7, 11, 12], table.Problems.Select(problem => problem.Line));
        Assert.Equal(["phone", "phone", "tz", "", "phone", ""], table.Problems.Select(problem => problem.Key));
        Assert.Contains("missing", table.Problems[0].Message, StringComparison.Ordinal);
        Assert.Contains("too short for +49", table.Problems[1].Message, StringComparison.Ordinal);
        Assert.Contains("no time zone 'Mars/Base'", table.Problems[2].Message, StringComparison.Ordinal);
        Assert.Contains("more or fewer fields", table.Problems[3].Message, StringComparison.Ordinal);
        Assert.Contains("time zone", table.Problems[4].Message, StringComparison.Ordinal);
        Assert.Equal((6, 0, true), (table.Bad, table.Duplicates, table.IsComplete));
    }

    [Fact]
    public void A_number_that_comes_twice_is_one_contact_with_the_later_words()
    {
        ContactTable table = Read("phone,name,city,tz\n030 123456,Ada,,\n+4930123457,Bob,,\n0049 30 123456,Ada L.,Berlin,Europe/Berlin\n030/123456,,,\n");
        Assert.Equal(2, table.Contacts.Count);
        Assert.Equal(2, table.Duplicates);
        Assert.Equal(("Ada L.", "Berlin", "Europe/Berlin"), (table.Contacts[0].Variables["name"], table.Contacts[0].Variables["city"], table.Contacts[0].TimeZone));
    }

    [Fact]
    public void Words_that_are_not_utf8_are_named()
    {
        ContactTable table = Read([.. "phone,name\n030 123456,J"u8, 0xFC, .. "rgen\n030 123457,Ada\n"u8]);
        Assert.Equal("+4930123457", Assert.Single(table.Contacts).Number.Value);
        ConfigProblem problem = Assert.Single(table.Problems);
        Assert.Equal((2, "name"), (problem.Line, problem.Key));
        Assert.Contains("UTF-8", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "there is no column with the number")]
    [InlineData("name,city\nAda,Berlin\n", "there are: name, city")]
    [InlineData("phone,Name,name\n030 123456,a,b\n", "2 columns are the variable 'name'")]
    [InlineData("PK\u0003\u0004xyz\n", "workbook")]
    public void A_table_that_cannot_be_used_says_why(string csv, string words)
    {
        ContactTable table = Read(csv);
        Assert.Empty(table.Contacts);
        Assert.False(table.IsComplete);
        Assert.Contains(words, table.Problems[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_are_mapped_to_variables()
    {
        CampaignPlan plan = CampaignFileTests.Read(Plan + "contacts: {number: Rufnummer, default_country: DE, variables: {name: Vorname}}");
        ContactTable table = Read("Vorname;RUF_NUMMER;2. Straße;\nAda;030 123456;Hauptstr. 1;x", plan);
        Assert.Equal(new Dictionary<string, string> { ["name"] = "Ada", ["column_2__strase"] = "Hauptstr. 1" }, Assert.Single(table.Contacts).Variables);
        Assert.Contains("no column 'Vorname'", Read("Rufnummer\n030 123456", plan).Problems[0].Message, StringComparison.Ordinal);
    }

    /// <summary>A Russian mobile may be in Kaliningrad or in Kamchatka, ten hours away: no hour of a working day is one of both.</summary>
    [Fact]
    public void Who_could_never_be_called_is_a_bad_row()
    {
        ContactTable table = Read("phone,tz\n+7 916 123 45 67,\n+7 916 123 45 68,Europe/Moscow\n");
        Assert.Contains("never open at once", Assert.Single(table.Problems).Message, StringComparison.Ordinal);
        Assert.Single(table.Contacts);
    }

    [Fact]
    public void A_quote_that_is_never_closed_does_not_swallow_what_came_before()
    {
        ContactTable table = Read($"phone,name\n030 123456,Ada\n030 123457,\"Bob\n{string.Concat(Enumerable.Repeat("030 123458,x\n", 10_000))}");
        Assert.Single(table.Contacts);
        Assert.False(table.IsComplete);
        Assert.NotEmpty(table.Problems);
    }

    [Fact]
    public void A_wide_table_and_a_long_value_are_capped()
    {
        Assert.Contains("more than 200", Read($"phone,{string.Join(',', Enumerable.Range(0, 300).Select(i => $"c{i}"))}\n").Problems[0].Message, StringComparison.Ordinal);
        Assert.Contains("longer than 1000", Assert.Single(Read($"phone,name\n030 123456,{new string('x', 2_000)}\n").Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_column_does_not_fill_the_memory_with_problems()
    {
        ContactTable table = Read("phone\n" + string.Concat(Enumerable.Repeat("x\n", 5_000)));
        Assert.Equal(5_000, table.Bad);
        Assert.Equal(1_001, table.Problems.Count);
        Assert.Equal("and 4000 more problems", table.Problems[^1].Message);
    }

    [Fact]
    public void Ten_thousand_rows_are_ten_thousand_contacts()
    {
        string rows = string.Concat(Enumerable.Range(0, 10_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"030 {1_000_000 + i},Name {i}\n")));
        ContactTable table = Read("phone,name\n" + rows);
        Assert.Equal((10_000, 0, 0), (table.Contacts.Count, table.Bad, table.Duplicates));
    }
}
