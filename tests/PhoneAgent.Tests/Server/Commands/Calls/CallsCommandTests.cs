using System.IO.Compression;
using System.Text.Json.Nodes;
using PhoneAgent.Campaigns.Consent;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Server.Storage.Campaigns;
using PhoneAgent.Testing.Contracts;
using PhoneAgent.Testing.Storage;
using Xunit;

namespace PhoneAgent.Tests.Server.Commands.Calls;

/// <summary><c>phoneagent calls</c> as it is typed, on a database that is open elsewhere.</summary>
public sealed class CallsCommandTests
{
    [Fact]
    public async Task The_list_shows_the_newest_first_and_says_what_it_leaves_out()
    {
        await using CallsCommandRig rig = await CallsCommandRig.StartAsync();
        (int exit, string shown, string said) = await rig.TypeAsync("calls", "list", "--limit", "2");
        Assert.Equal((0, "2 of 3 calls; --limit shows more."), (exit, said.Trim()));
        Assert.True(shown.IndexOf("three", StringComparison.Ordinal) is > 0 and int third && shown.IndexOf("two", StringComparison.Ordinal) > third, shown);
        Assert.DoesNotContain("+15551234567", shown, StringComparison.Ordinal);
        Assert.Contains("+4930123456", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("one,two,three")]
    [InlineData("one", "--until", "2026-05-04")]
    [InlineData("two", "--since", "2026-05-05", "--until", "2026-05-05")]
    [InlineData("two,three", "--since", "2026-05-04T10:30")]
    [InlineData("three", "--since", "24h")]
    [InlineData("one", "--number", "555-1234")]
    [InlineData("two", "--words", "money")]
    [InlineData("one,two,three", "--outcome", "hung-up", "--direction", "inbound")]
    [InlineData("", "--direction", "outbound")]
    [InlineData("", "--outcome", "busy")]
    [InlineData("", "--campaign", "spring")]
    [InlineData("", "--disposition", "nothing")]
    public async Task Calls_are_found_by_what_is_known_of_them(string expected, params string[] filters)
    {
        await using CallsCommandRig rig = await CallsCommandRig.StartAsync();
        (int exit, string shown, _) = await rig.TypeAsync(["calls", "list", "--json", .. filters]);
        Assert.Equal(0, exit);
        Assert.Equal(expected, string.Join(',', JsonNode.Parse(shown)!.AsArray().Select(call => (string)call!["id"]!).Reverse()));
    }

    [Theory]
    [InlineData("'yesterday' is no time. Write a day (2026-05-04)", "list", "--since", "yesterday")]
    [InlineData("--limit: 1 or more", "list", "--limit", "0")]
    [InlineData("there is no 'bored', but hung-up", "list", "--outcome", "bored")]
    [InlineData("The first day is after the last.", "list", "--since", "2026-05-05", "--until", "2026-05-04")]
    [InlineData("There is no call 'four' in ", "show", "four")]
    [InlineData("There is no call 'four' in ", "delete", "one", "four", "--yes")]
    [InlineData("Name calls by their ids, or --number.", "delete", "--yes")]
    [InlineData("Name calls by their ids, or --number.", "delete", "one", "--number", "15551234567", "--yes")]
    [InlineData("An archive needs a file", "export", "--format", "zip")]
    [InlineData("say --unredacted", "export", "-o", "calls.zip")]
    [InlineData("not both", "export", "one", "--number", "555")]
    public async Task What_is_typed_wrong_is_said_and_changes_nothing(string expected, params string[] words)
    {
        await using CallsCommandRig rig = await CallsCommandRig.StartAsync();
        (int exit, _, string said) = await rig.TypeAsync(["calls", .. words]);
        Assert.Equal(1, exit);
        Assert.Contains(expected, said, StringComparison.Ordinal);
        Assert.NotNull(await rig.Calls.Store.FindAsync("one", default));
    }

    [Fact]
    public async Task A_call_is_shown_with_its_words_and_its_timeline()
    {
        await using CallsCommandRig rig = await CallsCommandRig.StartAsync();
        (int exit, string shown, _) = await rig.TypeAsync("calls", "show", "one");
        Assert.Equal(0, exit);
        foreach (string part in (string[])["+15551234567", "2026-05-04 10:00:00 UTC, lasted 0:05", "one.wav", "2.00  caller  my number is 1 555 123 4567", "“How can I help?”", "3.30  caller  “my number"])
            Assert.Contains(part, shown, StringComparison.Ordinal);
        JsonNode json = JsonNode.Parse((await rig.TypeAsync("calls", "show", "one", "--json")).Shown)!;
        Assert.Equal(("one", "call-started", "agent"), ((string)json["id"]!, (string)json["timeline"]![0]!["event"]!, (string)json["transcript"]![0]!["side"]!));
    }

    [Fact]
    public async Task An_export_is_redacted_unless_it_is_wanted_otherwise()
    {
        await using CallsCommandRig rig = await CallsCommandRig.StartAsync();
        string file = Path.Combine(rig.Calls.Folder, "calls.jsonl");
        Assert.Equal(0, (await rig.TypeAsync("calls", "export", "-o", file)).Exit);
        JsonNode[] lines = [.. File.ReadLines(file).Select(line => JsonNode.Parse(line)!)];
        Assert.Equal(["three", "two", "one"], lines.Select(line => (string)line["id"]!));
        Assert.DoesNotContain("4567", File.ReadAllText(file), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

        Assert.Equal(0, (await rig.TypeAsync("calls", "export", "one", "--unredacted", "-o", file)).Exit);
        Assert.Contains("1 555 123 4567", File.ReadAllText(file), StringComparison.Ordinal);
        Assert.Single(File.ReadLines(file));
        string table = Path.Combine(rig.Calls.Folder, "calls.csv");
        Assert.Equal(0, (await rig.TypeAsync("calls", "export", "--number", "4930", "-o", table)).Exit);
        Assert.Equal(2, File.ReadAllLines(table).Length);
        Assert.Empty(Directory.EnumerateFiles(rig.Calls.Folder, "*.part"));
    }

    [Fact]
    public async Task An_archive_has_the_recordings()
    {
        await using CallsCommandRig rig = await CallsCommandRig.StartAsync();
        string file = Path.Combine(rig.Calls.Folder, "calls.zip");
        Assert.Equal(0, (await rig.TypeAsync("calls", "export", "--unredacted", "-o", file)).Exit);
        using ZipArchive zip = ZipFile.OpenRead(file);
        Assert.Equal(["calls.jsonl", "recordings/one.wav"], zip.Entries.Select(entry => entry.FullName));
        Assert.Equal(3, zip.GetEntry("recordings/one.wav")!.Length);
        Assert.Equal(1, (await rig.TypeAsync("calls", "export", "-o", Path.Combine(rig.Calls.Folder, "nowhere", "calls.csv"))).Exit);
    }

    [Theory]
    [InlineData("y", 0)]
    [InlineData("n", 1)]
    [InlineData(null, 1)]
    public async Task Deleting_asks_first(string? answer, int expected)
    {
        await using CallsCommandRig rig = await CallsCommandRig.StartAsync();
        rig.Answer = answer;
        (int exit, _, string said) = await rig.TypeAsync("calls", "delete", "one");
        Assert.Equal(expected, exit);
        Assert.StartsWith("Delete 1 call for good? [y/N] ", said, StringComparison.Ordinal);
        Assert.Equal(expected == 0, await rig.Calls.Store.FindAsync("one", default) is null);
        Assert.Equal(expected == 0, !File.Exists(rig.Calls.Recordings.Find("2026-05-04/one.wav")));
        Assert.NotNull(await rig.Calls.Store.FindAsync("two", default));
    }

    [Fact]
    public async Task A_number_is_deleted_with_what_campaigns_know_of_it()
    {
        await using CallsCommandRig rig = await CallsCommandRig.StartAsync();
        var campaigns = new CampaignStore(rig.Calls.Database, TimeProvider.System);
        Assert.True(PhoneNumber.TryCreate("+4930123456", out PhoneNumber number));
        await campaigns.RecordConsentAsync(new ConsentRecord(number, "spring", "three", ConsentKind.RecordingGranted, "yes", DateTimeOffset.UnixEpoch, TimeSpan.Zero), default);
        (int exit, string shown, _) = await rig.TypeAsync("calls", "delete", "--number", "+49 30 123456", "--yes");
        Assert.Equal((0, "1 call and 1 entry of campaigns deleted."), (exit, shown.Trim()));
        Assert.Null(await rig.Calls.Store.FindAsync("three", default));
        Assert.Empty(await campaigns.ConsentsAsync(number, default).ToListAsync());

        (exit, shown, string said) = await rig.TypeAsync("calls", "delete", "--number", "15551234567", "--yes");
        Assert.Equal((0, "1 call and 0 entries of campaigns deleted."), (exit, shown.Trim()));
        Assert.Contains("Campaigns were not looked at", said, StringComparison.Ordinal);
    }
}

/// <summary>The same on a server.</summary>
[RequiresPostgres]
public sealed class PostgresCallsCommandTests
{
    [ContractFact]
    public async Task The_database_of_the_configuration_is_used()
    {
        string config = Path.GetTempFileName();
        await File.WriteAllTextAsync(config, $"storage:\n  kind: postgres\n  postgres: \"{await PostgresServer.NewDatabaseAsync()}\"\n");
        (int exit, string shown, string said) = await CallsCommandRig.TypeAsync(config, null, ["calls", "list"]);
        Assert.Equal((0, "", "No call fits."), (exit, shown, said.Trim()));
        File.Delete(config);
    }
}
