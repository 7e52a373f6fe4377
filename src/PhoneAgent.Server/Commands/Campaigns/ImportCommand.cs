using System.CommandLine;
using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.Numbers;

namespace PhoneAgent.Server.Commands.Campaigns;

/// <summary><c>phoneagent campaign import</c>.</summary>
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

    private static async Task<int> RunAsync(CampaignTools tools, string id, FileInfo file, CancellationToken cancellationToken)
    {
        var contacts = new List<NewContact>();
        foreach (string line in File.ReadLines(file.FullName).Skip(1))
            if (NumberNormalizer.TryNormalize(line.Split(',')[0], null, out PhoneNumber number, out _))
                contacts.Add(new NewContact { Number = number });
        ImportCounts counts = await tools.Store.ImportAsync(id, contacts, TimeProvider.System.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        Console.WriteLine($"{counts.Added} added, {counts.Merged} merged, {counts.OnDoNotCallList} on a do-not-call list.");
        return 0;
    }
}
