using System.CommandLine;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.DoNotCall;
using PhoneAgent.Campaigns.Numbers;

namespace PhoneAgent.Server.Commands.Campaigns;

/// <summary><c>phoneagent do-not-call</c>: numbers that campaigns never dial. What is added counts for the next attempt of every server.</summary>
internal static class DoNotCallCommand
{
    private const int PageSize = 1_000;

    public static Command Create(CommonOptions common)
    {
        var list = new Option<string>("--list") { Description = "The list.", DefaultValueFactory = _ => "company", HelpName = "name" };
        var country = new Option<string?>("--country") { Description = "Two letters: the country of numbers that are written without it.", HelpName = "code" };
        var reason = new Option<string?>("--reason") { Description = "Kept with the change.", HelpName = "text" };
        var number = new Argument<string>("number") { Description = "As people write it, e.g. \"+49 30 123456\"." };
        var file = new Argument<FileInfo>("file") { Description = "A number a line, or CSV: the column that is called number or phone, else the first." };
        file.AcceptExistingOnly();
        return new Command("do-not-call", "Numbers that campaigns never dial.")
        {
            CampaignDatabaseCommand.Leaf("add", "Adds a number to a list.", common, [number, list, country, reason],
                (result, tools, token) => AddAsync(tools, result.GetValue(number)!, result.GetValue(list)!, result.GetValue(country), result.GetValue(reason), token)),
            CampaignDatabaseCommand.Leaf("remove", "Takes a number off a list.", common, [number, list, country, reason],
                (result, tools, token) => RemoveAsync(tools, result.GetValue(number)!, result.GetValue(list)!, result.GetValue(country), result.GetValue(reason), token)),
            CampaignDatabaseCommand.Leaf("list", "Shows a list.", common, [list],
                (result, tools, token) => ListAsync(tools, result.GetValue(list)!, token)),
            CampaignDatabaseCommand.Leaf("import", "Adds the numbers of a file to a list.", common, [file, list, country],
                (result, tools, token) => ImportAsync(tools, result.GetValue(file)!, result.GetValue(list)!, result.GetValue(country), token)),
        };
    }

    private static async Task<int> AddAsync(CampaignTools tools, string text, string list, string? country, string? reason, CancellationToken cancellationToken)
    {
        if (!NumberNormalizer.TryNormalize(text, country, out PhoneNumber number, out string? error))
            return tools.Say(error, "");
        bool added = await tools.DoNotCall.AddAsync(new DoNotCallEntry(list, number, TimeProvider.System.GetUtcNow(), Environment.UserName, Reason: reason), cancellationToken).ConfigureAwait(false);
        return tools.Say(null, added ? $"{number} is on the list {list}." : $"{number} was on the list {list} already.");
    }

    private static async Task<int> RemoveAsync(CampaignTools tools, string text, string list, string? country, string? reason, CancellationToken cancellationToken)
    {
        if (!NumberNormalizer.TryNormalize(text, country, out PhoneNumber number, out string? error))
            return tools.Say(error, "");
        bool removed = await tools.DoNotCall.RemoveAsync(new DoNotCallRemoval(list, number, TimeProvider.System.GetUtcNow(), Environment.UserName, reason), cancellationToken).ConfigureAwait(false);
        return tools.Say(removed ? null : $"{number} is not on the list {list}.", $"{number} is off the list {list}.");
    }

    private static async Task<int> ListAsync(CampaignTools tools, string list, CancellationToken cancellationToken)
    {
        PhoneNumber? after = null;
        IReadOnlyList<DoNotCallEntry> page;
        do
        {
            page = await tools.DoNotCall.ListAsync(list, after, PageSize, cancellationToken).ConfigureAwait(false);
            foreach (DoNotCallEntry entry in page)
                tools.Out.WriteLine($"{entry.Number}  {entry.AddedAt:yyyy-MM-dd HH:mm}  {entry.Source}{(entry.CallId is null ? "" : $"  call {entry.CallId}")}{(entry.Reason is null ? "" : $"  {entry.Reason}")}");
            after = page.Count == 0 ? null : page[^1].Number;
        }
        while (page.Count == PageSize);
        return 0;
    }

    /// <summary>0 when every line was good, 2 when some were not.</summary>
    private static async Task<int> ImportAsync(CampaignTools tools, FileInfo file, string list, string? country, CancellationToken cancellationToken)
    {
        using StreamReader text = file.OpenText();
        DoNotCallImportReport report = await DoNotCallImport.RunAsync(
            tools.DoNotCall, list, text, country, Environment.UserName, file.Name, TimeProvider.System.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        foreach (DoNotCallLine line in report.Problems)
            tools.Error.WriteLine($"{file.Name}:{line.Line}: {line.Problem}");
        tools.Out.WriteLine($"{report.Added} added to the list {list}, {report.Known} were on it already, {report.Bad} lines not taken.");
        return report.Bad == 0 ? 0 : 2;
    }
}
