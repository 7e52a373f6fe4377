using System.CommandLine;
using System.Text.Json.Nodes;
using PhoneAgent.Server.Commands;
using PhoneAgent.Server.Commands.Campaigns;
using PhoneAgent.Testing.Storage;
using Xunit;

namespace PhoneAgent.Tests.Server.Commands.Campaigns;

/// <summary><c>phoneagent campaign</c> and <c>phoneagent do-not-call</c> as they are typed, on a database that is open elsewhere.</summary>
public sealed class CampaignCommandTests : IAsyncLifetime
{
    private const string Definition = """
        agent: front-desk
        window: {open: {monday-friday: "9:00-18:00"}, time_zone: Europe/Berlin}
        do_not_call: [company]
        contacts: {default_country: DE}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("phoneagent-campaign-").FullName;
    private string _config = "";
    private TestDatabase _database = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.SqliteAsync();
        _config = Write("phoneagent.yaml", $"storage: {{file: {_database.Database.Place}}}\nagents: {{default: front-desk}}\ncampaigns: {{folder: {_folder}}}\n");
        Write("spring.yaml", Definition);
        Write("contacts.csv", "Name;Phone\nAnna;030 5551001\nBen;+49 30 5551002\nNobody;12\nAnna again;0049 30 5551001\n");
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_campaign_from_its_beginning_to_its_end()
    {
        Assert.Equal((0, "Created. Next: phoneagent campaign import spring contacts.csv", ""), await TypeAsync("campaign create spring spring.yaml"));
        Assert.Equal((1, "", "There is a campaign 'spring' already; choose another name."), await TypeAsync("campaign create spring spring.yaml"));

        (int exit, string shown, string said) = await TypeAsync("campaign import spring contacts.csv");
        Assert.Equal((2, "2 added, 0 known already, 1 repeated in the table, 0 on a do-not-call list, 1 rows not taken."), (exit, shown));
        Assert.StartsWith("contacts.csv:4:", said, StringComparison.Ordinal);

        await SaysAsync("campaign start spring", "Started.");
        await RefusesAsync("campaign start spring", "'spring' is running and cannot start. It can: pause, stop.");
        await SaysAsync("campaign pause spring", "Paused.");
        await SaysAsync("campaign resume spring", "Resumed.");
        Assert.Matches(@"spring\s+│ running │ 2\s+│ 2\s", (await TypeAsync("campaign status")).Shown);
        await SaysAsync("campaign stop spring", "Stopped.");
        await RefusesAsync("campaign resume spring", "'spring' is stopped and cannot resume. Its end is final: create another one.");
    }

    [Fact]
    public async Task What_holds_is_shown_and_can_be_changed()
    {
        await TypeAsync("campaign create spring spring.yaml");
        Write("spring.yaml", Definition + "\npacing: {calls_at_once: 3, calls_per_second: 1}");
        await SaysAsync("campaign edit spring spring.yaml", "Changed. Calls that run go on as they began; the next are by the new definition.");
        Assert.Contains("calls_at_once: 3", (await TypeAsync("campaign show spring")).Shown, StringComparison.Ordinal);

        Write("spring.yaml", Definition + "\npacing: {calls_at_once: none}");
        (int exit, _, string said) = await TypeAsync("campaign edit spring spring.yaml");
        Assert.Equal(1, exit);
        Assert.Contains("spring.yaml:5:", said, StringComparison.Ordinal);
        Assert.Contains("calls_at_once: 3", (await TypeAsync("campaign show spring")).Shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_report_is_the_state_of_every_contact()
    {
        await TypeAsync("campaign create spring spring.yaml");
        await TypeAsync("campaign import spring contacts.csv");
        string table = Path.Combine(_folder, "report.csv"), document = Path.Combine(_folder, "report.json");
        Assert.Equal(0, (await TypeAsync("campaign report spring -o report.csv")).Exit);
        Assert.Equal(["+49305551001", "+49305551002"], (await File.ReadAllLinesAsync(table)).Skip(1).Select(line => line.Split(',')[1]));
        Assert.Equal(0, (await TypeAsync("campaign report spring --json --mask -o report.json")).Exit);
        JsonNode report = JsonNode.Parse(await File.ReadAllTextAsync(document))!;
        Assert.Equal((2, "draft"), ((int)report["totals"]!["contacts"]!, (string)report["state"]!));
        Assert.DoesNotContain("5551001", report.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Anna", report.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_number_that_is_never_called_is_marked_when_contacts_come_and_when_it_is_added()
    {
        await SaysAsync("do-not-call add 0305551001 --country DE --reason asked", "+49305551001 is on the list company.");
        await SaysAsync("do-not-call add +49305551001", "+49305551001 was on the list company already.");
        await TypeAsync("campaign create spring spring.yaml");
        Assert.StartsWith("2 added, 0 known already, 1 repeated in the table, 1 on a do-not-call list", (await TypeAsync("campaign import spring contacts.csv")).Shown, StringComparison.Ordinal);
        Assert.Matches(@"^\+49305551001  \d{4}-\d\d-\d\d \d\d:\d\d  \S+  asked$", (await TypeAsync("do-not-call list")).Shown);
        await SaysAsync("do-not-call remove +49305551001", "+49305551001 is off the list company.");
        await RefusesAsync("do-not-call remove +49305551001", "+49305551001 is not on the list company.");
        Assert.Equal("", (await TypeAsync("do-not-call list")).Shown);
    }

    [Fact]
    public async Task A_list_of_numbers_comes_from_a_file_line_by_line()
    {
        Write("robinson.txt", "+49 30 5551001\nno number\n030 5551002\n");
        (int exit, string shown, string said) = await TypeAsync("do-not-call import robinson.txt --list national --country DE");
        Assert.Equal((2, "2 added to the list national, 0 were on it already, 1 lines not taken."), (exit, shown));
        Assert.StartsWith("robinson.txt:2:", said, StringComparison.Ordinal);
        Assert.Equal(2, (await TypeAsync("do-not-call list --list national")).Shown.Split('\n').Length);
    }

    [Theory]
    [InlineData("campaign create spring! spring.yaml", "'spring!' is no name for a campaign")]
    [InlineData("campaign create spring none.yaml", "File does not exist")]
    [InlineData("campaign create spring contacts.csv", "contacts.csv")]
    [InlineData("campaign import spring contacts.csv", "There is no campaign 'spring'.")]
    [InlineData("campaign start spring", "There is no campaign 'spring'.")]
    [InlineData("campaign status spring", "There is no campaign 'spring'.")]
    [InlineData("campaign status", "There is no campaign. Begin with: phoneagent campaign create")]
    [InlineData("campaign show spring", "There is no campaign 'spring'.")]
    [InlineData("campaign report spring", "There is no campaign 'spring'.")]
    [InlineData("do-not-call add 12", "12")]
    public async Task What_is_typed_wrong_is_said(string line, string expected)
    {
        (int exit, _, string said) = await TypeAsync(line);
        Assert.Equal(1, exit);
        Assert.Contains(expected, said, StringComparison.Ordinal);
    }

    private async Task SaysAsync(string line, string expected) => Assert.Equal((0, expected, ""), await TypeAsync(line));

    private async Task RefusesAsync(string line, string expected) => Assert.Equal((1, "", expected), await TypeAsync(line));

    /// <summary>Files stand in this test's folder.</summary>
    private async Task<(int Exit, string Shown, string Said)> TypeAsync(string line)
    {
        var common = new CommonOptions();
        var root = new RootCommand { CampaignCommand.Create(common), DoNotCallCommand.Create(common) };
        common.AddTo(root);
        using StringWriter shown = new(), said = new();
        IEnumerable<string> words = line.Split(' ').Select(word => Path.GetExtension(word) is ".yaml" or ".csv" or ".txt" or ".json" ? Path.Combine(_folder, word) : word);
        int exit = await root.Parse([.. words, "--config", _config]).InvokeAsync(new InvocationConfiguration { Output = shown, Error = said });
        return (exit, shown.ToString().TrimEnd(), said.ToString().TrimEnd());
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
