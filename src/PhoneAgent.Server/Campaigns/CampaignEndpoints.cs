using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Reports;
using PhoneAgent.Conversation;
using PhoneAgent.Server.Campaigns.Pages;
using PhoneAgent.Server.Dashboard;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Campaigns;

/// <summary>What the campaigns' page needs: its stream, its buttons, the report. Programs use <c>/api/v1/campaigns</c>.</summary>
internal static class CampaignEndpoints
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    public static void MapCampaigns(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/live/campaigns", (HttpContext context, ICampaignStore store, EventStreams events, ILoggerFactory loggers) =>
            events.Serve(context, Every, () => RenderAsync(context, store, loggers))).RequireAuthorization(Policies.View);
        RouteGroupBuilder campaign = routes.MapGroup("/campaigns/{id}").RequireAuthorization(Policies.Supervise).RequireCsrfToken();
        foreach (CampaignAction action in Enum.GetValues<CampaignAction>())
            campaign.MapPost($"/{ConfigValue.EnumText(action.ToString())}", (string id, CampaignDesk desk, HttpContext context) => ActAsync(desk, id, action, context.RequestAborted));
        campaign.MapPost("/definition", EditAsync);
        campaign.MapGet("/report.csv", (string id, ICampaignStore store, HttpContext context) => ReportAsync(id, "csv", "text/csv", store, context));
        campaign.MapGet("/report.json", (string id, ICampaignStore store, HttpContext context) => ReportAsync(id, "json", "application/json", store, context));
    }

    /// <summary>Null while the database does not answer.</summary>
    internal static async Task<IReadOnlyList<CampaignStatus>?> LookAsync(ICampaignStore store)
    {
        try
        {
            return await store.ListAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (CampaignStoreException)
        {
            return null;
        }
    }

    private static Task<IResult> ActAsync(CampaignDesk desk, string id, CampaignAction action, CancellationToken cancellationToken) => GuardAsync(async () =>
        await desk.ActAsync(id, action, cancellationToken).ConfigureAwait(false) is { } problem
            ? Results.Json(new { reason = problem }, statusCode: StatusCodes.Status409Conflict)
            : Results.Ok());

    private static Task<IResult> EditAsync(string id, DefinitionChange change, CampaignDesk desk, HttpContext context) => GuardAsync(async () =>
    {
        var problems = new List<ConfigProblem>();
        string definition = change.Definition ?? "";
        string? refused = await desk.EditAsync(id, definition, change.Version, desk.FileOf(id), problems, context.RequestAborted).ConfigureAwait(false);
        return refused is null
            ? Results.Ok(new { version = CampaignDesk.VersionOf(definition) })
            : Results.Json(new { reason = refused, problems = problems.Select(problem => problem.ToString()) }, statusCode: StatusCodes.Status409Conflict);
    });

    private static async Task<IResult> GuardAsync(Func<Task<IResult>> act)
    {
        try
        {
            return await act().ConfigureAwait(false);
        }
        catch (CampaignStoreException)
        {
            return Results.Json(new { reason = "The campaigns' database does not answer." }, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static Task<IResult> ReportAsync(string id, string kind, string type, ICampaignStore store, HttpContext context) => GuardAsync(async () =>
    {
        if (await store.GetAsync(id, context.RequestAborted).ConfigureAwait(false) is null)
            return Results.NotFound();
        var report = new CampaignReport(store, withPersonalData: true);
        return Results.Stream(body => kind == "json" ? report.WriteJsonAsync(id, body, context.RequestAborted) : WriteCsvAsync(report, id, body, context.RequestAborted), type, $"{id}.{kind}");
    });

    private static async Task WriteCsvAsync(CampaignReport report, string id, Stream body, CancellationToken cancellationToken)
    {
        var writer = new StreamWriter(body, new UTF8Encoding(false), leaveOpen: true);
        await using (writer.ConfigureAwait(false))
            await report.WriteContactsCsvAsync(id, writer, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<SseItem<string>>> RenderAsync(HttpContext context, ICampaignStore store, ILoggerFactory loggers)
    {
        var fragments = new Fragments(context.RequestServices, loggers);
        await using (fragments.ConfigureAwait(false))
        {
            string html = await fragments.RenderAsync<CampaignTable>(
                (nameof(CampaignTable.Campaigns), await LookAsync(store).ConfigureAwait(false)), (nameof(CampaignTable.MayAct), context.User.Is(Role.Supervisor))).ConfigureAwait(false);
            return [new SseItem<string>(JsonSerializer.Serialize(html), "campaigns")];
        }
    }

    /// <param name="Version">Of the text that was changed: <see cref="CampaignDesk.VersionOf"/>.</param>
    internal sealed record DefinitionChange(string? Definition, string? Version);
}
