using System.CommandLine;
using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Reports;
using PhoneAgent.Conversation;
using PhoneAgent.Server.Campaigns;
using PhoneAgent.Server.Options;
using Spectre.Console;

namespace PhoneAgent.Server.Commands.Campaigns;

/// <summary><c>phoneagent campaign</c>: who is called, and how far it is. Servers that run notice within a second.</summary>
internal static class CampaignCommand
{
    public static Command Create(CommonOptions common)
    {
        var id = new Argument<string>("campaign") { Description = "The campaign's name." };
        var optional = new Argument<string?>("campaign") { Description = "Only this one.", Arity = ArgumentArity.ZeroOrOne };
        var definition = new Argument<FileInfo>("definition") { Description = "Its definition; config/campaigns/example.yaml shows all there is." };
        definition.AcceptExistingOnly();
        var output = new Option<FileInfo>("--output", "-o") { Description = "Writes into this file.", HelpName = "file" };
        var attempts = new Option<bool>("--attempts") { Description = "A line a call instead of a line a contact." };
        var json = new Option<bool>("--json") { Description = "Totals, contacts and calls in one document." };
        var mask = new Option<bool>("--mask") { Description = "Hides the middle of numbers, and leaves variables out." };
        return new Command("campaign", "Calls people from a list.")
        {
            CampaignDatabaseCommand.Leaf("create", "Checks a definition and keeps it. Nothing is dialled before it is started.", common, [id, definition],
                (result, tools, token) => CreateAsync(tools, result.GetValue(id)!, result.GetValue(definition)!, token)),
            ImportCommand.Create(common),
            Act(common, "start", "Begins to dial.", CampaignAction.Start, id, "Started."),
            Act(common, "pause", "Begins no call any more; those that run go on.", CampaignAction.Pause, id, "Paused."),
            Act(common, "resume", "Dials again.", CampaignAction.Resume, id, "Resumed."),
            Act(common, "stop", "Ends it for good; calls that run go on to their end.", CampaignAction.Stop, id, "Stopped."),
            CampaignDatabaseCommand.Leaf("status", "How far the campaigns are.", common, [optional],
                (result, tools, token) => StatusAsync(tools, result.GetValue(optional), token)),
            CampaignDatabaseCommand.Leaf("edit", "Gives a campaign another definition, also while it runs.", common, [id, definition],
                (result, tools, token) => EditAsync(tools, result.GetValue(id)!, result.GetValue(definition)!, token)),
            CampaignDatabaseCommand.Leaf("show", "Prints a campaign's definition.", common, [id],
                (result, tools, token) => ShowAsync(tools, result.GetValue(id)!, token)),
            CampaignDatabaseCommand.Leaf("report", "Every contact with what became of it, as CSV.", common, [id, output, attempts, json, mask],
                (result, tools, token) => ReportAsync(
                    tools, result.GetValue(id)!, result.GetValue(json) ? ReportKind.Everything : result.GetValue(attempts) ? ReportKind.Attempts : ReportKind.Contacts,
                    result.GetValue(mask), result.GetValue(output), token)),
        };
    }

    private static Command Act(CommonOptions common, string name, string description, CampaignAction action, Argument<string> id, string done) =>
        CampaignDatabaseCommand.Leaf(name, description, common, [id],
            async (result, tools, token) => tools.Say(await tools.Desk.ActAsync(result.GetValue(id)!, action, token).ConfigureAwait(false), done));

    private static async Task<int> CreateAsync(CampaignTools tools, string id, FileInfo file, CancellationToken cancellationToken)
    {
        string definition = await File.ReadAllTextAsync(file.FullName, cancellationToken).ConfigureAwait(false);
        var problems = new List<ConfigProblem>();
        string? refused = await tools.Desk.CreateAsync(id, definition, file.FullName, problems, cancellationToken).ConfigureAwait(false);
        if (problems.Count > 0)
            CommonOptions.Explain(tools.Error, file.Name, problems);
        return tools.Say(refused, $"Created. Next: phoneagent campaign import {id} contacts.csv");
    }

    private static async Task<int> StatusAsync(CampaignTools tools, string? id, CancellationToken cancellationToken)
    {
        IReadOnlyList<CampaignStatus> all = await tools.Store.ListAsync(cancellationToken).ConfigureAwait(false);
        List<CampaignStatus> shown = [.. all.Where(status => id is null || status.Campaign.Id == id)];
        if (shown.Count == 0)
            return tools.Say(id is null ? "There is no campaign. Begin with: phoneagent campaign create" : $"There is no campaign '{id}'.", "");
        var table = new Table().AddColumns("campaign", "state", "contacts", "waiting", "in calls", "finished", "do not call", "outcomes");
        foreach (CampaignStatus status in shown)
            table.AddRow([
                .. new object[] { status.Campaign.Id, ConfigValue.EnumText(status.State.ToString()), status.Contacts, status.Waiting, status.Leased, status.Finished, status.OnDoNotCallList }
                    .Append(string.Join(", ", CampaignReport.Outcomes(status).Select(outcome => $"{outcome.Outcome} {outcome.Attempts}"))).Select(cell => Markup.Escape($"{cell}")),
            ]);
        Terminal.For(tools.Out).Write(table);
        return 0;
    }

    private static async Task<int> EditAsync(CampaignTools tools, string id, FileInfo file, CancellationToken cancellationToken)
    {
        string definition = await File.ReadAllTextAsync(file.FullName, cancellationToken).ConfigureAwait(false);
        var problems = new List<ConfigProblem>();
        string? refused = await tools.Desk.EditAsync(id, definition, version: null, file.FullName, problems, cancellationToken).ConfigureAwait(false);
        if (problems.Count > 0)
            CommonOptions.Explain(tools.Error, file.Name, problems);
        return tools.Say(refused, "Changed. Calls that run go on as they began; the next are by the new definition.");
    }

    private static async Task<int> ShowAsync(CampaignTools tools, string id, CancellationToken cancellationToken)
    {
        if (await tools.Store.GetAsync(id, cancellationToken).ConfigureAwait(false) is not { } status)
            return tools.Say($"There is no campaign '{id}'.", "");
        tools.Out.WriteLine(status.Campaign.Definition.TrimEnd());
        return 0;
    }

    private static async Task<int> ReportAsync(CampaignTools tools, string id, ReportKind kind, bool isMasked, FileInfo? output, CancellationToken cancellationToken)
    {
        if (await tools.Store.GetAsync(id, cancellationToken).ConfigureAwait(false) is null)
            return tools.Say($"There is no campaign '{id}'.", "");
        var report = new CampaignReport(tools.Store, withPersonalData: !isMasked);
        await using Stream stream = output?.Create() ?? Console.OpenStandardOutput();
        if (kind == ReportKind.Everything)
        {
            await report.WriteJsonAsync(id, stream, cancellationToken).ConfigureAwait(false);
            return 0;
        }
        await using var writer = new StreamWriter(stream);
        await (kind == ReportKind.Attempts
            ? report.WriteAttemptsCsvAsync(id, writer, cancellationToken)
            : report.WriteContactsCsvAsync(id, writer, cancellationToken)).ConfigureAwait(false);
        return 0;
    }

    private enum ReportKind
    {
        Contacts,
        Attempts,
        Everything,
    }
}
