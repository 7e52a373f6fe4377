using System.CommandLine;
using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.Plans;
using PhoneAgent.Conversation;

namespace PhoneAgent.Server.Commands.Campaigns;

/// <summary><c>phoneagent campaign import</c>: good rows are kept whatever is wrong with others.</summary>
internal static class ImportCommand
{
    public static Command Create(CommonOptions common)
    {
        var id = new Argument<string>("campaign") { Description = "The campaign's name." };
        var file = new Argument<FileInfo>("contacts") { Description = "A table of contacts (CSV); its first line names the columns." };
        file.AcceptExistingOnly();
        return CampaignDatabaseCommand.Leaf("import", "Adds contacts from a table. Numbers that the campaign has already get the new variables.", common, [id, file],
            (result, tools, token) => RunAsync(tools, result.GetValue(id)!, result.GetValue(file)!, token));
    }

    /// <summary>0 when every row was good, 2 when some were not.</summary>
    private static async Task<int> RunAsync(CampaignTools tools, string id, FileInfo file, CancellationToken cancellationToken)
    {
        if (await tools.Store.GetAsync(id, cancellationToken).ConfigureAwait(false) is not { } status)
            return tools.Say($"There is no campaign '{id}'.", "");
        if (tools.Desk.PlanOf(status.Campaign, out IReadOnlyList<ConfigProblem> unreadable) is not { } plan)
        {
            CommonOptions.Explain(tools.Error, $"The campaign '{id}'", unreadable);
            return 1;
        }
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        ContactTable table = Read(file, plan, now);
        foreach (ConfigProblem problem in table.Problems)
            tools.Error.WriteLine(problem);
        if (!table.IsComplete)
            return tools.Say("Nothing was imported.", "");
        ImportCounts counts = await tools.Store.ImportAsync(id, table.Contacts, now, cancellationToken).ConfigureAwait(false);
        tools.Out.WriteLine($"{counts.Added} added, {counts.Merged} known already, {table.Duplicates} repeated in the table, {counts.OnDoNotCallList} on a do-not-call list, {table.Bad} rows not taken.");
        return table.Bad == 0 ? 0 : 2;
    }

    private static ContactTable Read(FileInfo file, CampaignPlan plan, DateTimeOffset now)
    {
        using FileStream csv = file.OpenRead();
        return ContactImport.Read(file.Name, plan, csv, now);
    }
}
