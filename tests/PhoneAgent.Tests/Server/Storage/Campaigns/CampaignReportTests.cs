using System.Text;
using System.Text.Json;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.DoNotCall;
using PhoneAgent.Campaigns.Reports;
using PhoneAgent.Testing.Contracts.Campaigns;
using Xunit;

namespace PhoneAgent.Tests.Server.Storage.Campaigns;

public sealed class CampaignReportTests
{
    [Fact]
    public async Task TheReportSaysWhatTheStoreKnows()
    {
        await using CampaignStoreWorld world = await WorldAsync();
        JsonElement report = await JsonAsync(world, withPersonalData: true);
        Assert.Equal("spring", report.GetProperty("campaign").GetString());
        Assert.Equal(3, report.GetProperty("totals").GetProperty("contacts").GetInt32());
        Assert.Equal(1, report.GetProperty("outcomes").GetProperty("answered").GetInt32());
        Assert.Equal(["+49301000000", "+49301000001", "+49301000002"], report.GetProperty("contacts").EnumerateArray().Select(contact => contact.GetProperty("number").GetString()));
        Assert.Equal("Ann", report.GetProperty("contacts")[0].GetProperty("variables").GetProperty("name").GetString());
        JsonElement attempt = Assert.Single(report.GetProperty("attempts").EnumerateArray());
        Assert.Equal(("answered", 1), (attempt.GetProperty("outcome").GetString(), attempt.GetProperty("number_of_attempt").GetInt32()));
    }

    [Fact]
    public async Task NumbersAreMaskedUnlessAskedFor()
    {
        await using CampaignStoreWorld world = await WorldAsync();
        string json = (await JsonAsync(world, withPersonalData: false)).GetRawText();
        string csv = await CsvAsync(world, withPersonalData: false);
        Assert.All([json, csv], text =>
        {
            Assert.DoesNotContain("4930100000", text, StringComparison.Ordinal);
            Assert.DoesNotContain("Ann", text, StringComparison.Ordinal);
            Assert.Contains("+49*******01", text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task CsvHasALineAContactAndALineAnAttempt()
    {
        await using CampaignStoreWorld world = await WorldAsync();
        string[] contacts = (await CsvAsync(world, withPersonalData: true)).TrimEnd().Split('\n');
        Assert.Equal(4, contacts.Length);
        Assert.EndsWith(",+49301000000,,finished,1,answered,,", contacts[1], StringComparison.Ordinal);
        Assert.EndsWith(",+49301000002,,finished,0,,,company", contacts[3], StringComparison.Ordinal);

        var attempts = new StringWriter { NewLine = "\n" };
        await new CampaignReport(world.Store, withPersonalData: false).WriteAttemptsCsvAsync("spring", attempts, default);
        Assert.Contains(",2026-03-02T09:00:00.0000000+00:00,answered,+4930999,\"call, \"\"1\"\"\",n1\n", attempts.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ThereIsNoReportOfNoCampaign()
    {
        await using CampaignStoreWorld world = await CampaignWorlds.SqliteAsync();
        using var output = new MemoryStream();
        Assert.False(await new CampaignReport(world.Store, withPersonalData: false).WriteJsonAsync("none", output, default));
        Assert.Equal(0, output.Length);
    }

    [Fact]
    public async Task AFileOntoAList()
    {
        await using CampaignStoreWorld world = await CampaignWorlds.SqliteAsync();
        await world.AddToListAsync(1);
        var file = new StringReader($"number\n{CampaignStoreWorld.Number(1)}\n{CampaignStoreWorld.Number(2)}\nnobody\n{CampaignStoreWorld.Number(2)}\n");
        DoNotCallImportReport report = await DoNotCallImport.RunAsync(world.DoNotCall, "company", file, country: null, "alice", "opt-outs.csv", world.Now, default);
        Assert.Equal((1, 2, 1), (report.Added, report.Known, report.Bad));
        Assert.Equal(4, Assert.Single(report.Problems).Line);
        DoNotCallChange change = Assert.Single(await world.DoNotCall.ChangesAsync(CampaignStoreWorld.Number(2), default));
        Assert.Equal(("alice", "opt-outs.csv"), (change.By, change.Reason));
    }

    private static async Task<CampaignStoreWorld> WorldAsync()
    {
        CampaignStoreWorld world = await CampaignWorlds.SqliteAsync();
        await world.RunningAsync("spring", 0, "company");
        await world.AddToListAsync(2);
        await world.Store.ImportAsync("spring", [CampaignStoreWorld.New(0, "Ann"), CampaignStoreWorld.New(1), CampaignStoreWorld.New(2)], world.Now, default);
        Attempt attempt = await world.BegunAsync(await world.LeaseOneAsync());
        await world.Store.FinishAsync(attempt.Id, AttemptOutcome.Answered, "call, \"1\"", world.Now, null, default);
        return world;
    }

    private static async Task<JsonElement> JsonAsync(CampaignStoreWorld world, bool withPersonalData)
    {
        using var output = new MemoryStream();
        Assert.True(await new CampaignReport(world.Store, withPersonalData).WriteJsonAsync("spring", output, default));
        return JsonDocument.Parse(Encoding.UTF8.GetString(output.ToArray())).RootElement;
    }

    private static async Task<string> CsvAsync(CampaignStoreWorld world, bool withPersonalData)
    {
        var output = new StringWriter { NewLine = "\n" };
        await new CampaignReport(world.Store, withPersonalData).WriteContactsCsvAsync("spring", output, default);
        return output.ToString();
    }
}
