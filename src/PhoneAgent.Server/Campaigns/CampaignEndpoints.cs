using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using PhoneAgent.Campaigns;
using PhoneAgent.Server.Campaigns.Pages;
using PhoneAgent.Server.Dashboard;
using PhoneAgent.Server.Http.Security;

namespace PhoneAgent.Server.Campaigns;

/// <summary>What the campaigns' page needs: its stream, its buttons, the report.</summary>
internal static class CampaignEndpoints
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    public static void MapCampaigns(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/live/campaigns", (HttpContext context, ICampaignStore store, EventStreams events, ILoggerFactory loggers) =>
            events.Serve(context, Every, () => RenderAsync(context, store, loggers))).RequireAuthorization(Policies.View);
        RouteGroupBuilder campaign = routes.MapGroup("/campaigns/{id}").RequireAuthorization(Policies.Supervise).RequireCsrfToken();
        foreach (CampaignAction action in Enum.GetValues<CampaignAction>())
            campaign.MapPost($"/{CampaignReport.Text(action)}", (string id, CampaignDesk desk, HttpContext context) => ActAsync(desk, id, action, context.RequestAborted));
        campaign.MapGet("/report.csv", ReportAsync);
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

    private static async Task<IResult> ActAsync(CampaignDesk desk, string id, CampaignAction action, CancellationToken cancellationToken)
    {
        try
        {
            return await desk.ActAsync(id, action, cancellationToken).ConfigureAwait(false) is { } problem
                ? Results.Json(new { reason = problem }, statusCode: StatusCodes.Status409Conflict)
                : Results.Ok();
        }
        catch (CampaignStoreException)
        {
            return Results.Json(new { reason = "The campaigns' database does not answer." }, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static async Task<IResult> ReportAsync(string id, ICampaignStore store, HttpContext context)
    {
        if (await store.GetAsync(id, context.RequestAborted).ConfigureAwait(false) is null)
            return Results.NotFound();
        return Results.Stream(
            async body =>
            {
                var writer = new StreamWriter(body, new UTF8Encoding(false), leaveOpen: true);
                await using (writer.ConfigureAwait(false))
                    await CampaignReport.WriteCsvAsync(store, id, writer, context.RequestAborted).ConfigureAwait(false);
            },
            "text/csv", $"{id}.csv");
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
}
