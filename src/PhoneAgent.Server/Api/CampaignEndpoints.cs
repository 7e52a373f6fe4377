using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.Plans;
using PhoneAgent.Campaigns.Reports;
using PhoneAgent.Server.Campaigns;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Api;

/// <summary>Campaigns: create, change, import contacts, start, pause, resume, stop, status, report.</summary>
internal static class CampaignEndpoints
{
    private const string Csv = "text/csv";

    public static void MapCampaigns(this RouteGroupBuilder api, ApiOptions options)
    {
        RouteGroupBuilder campaigns = api.MapGroup("/campaigns").WithTags("Campaigns").ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        campaigns.MapGet("", ListAsync).Needs(ApiScope.CampaignsRead).Produces<ApiPage<CampaignResource>>().WithSummary("All campaigns, by name.");
        campaigns.MapPost("", CreateAsync).Needs(ApiScope.CampaignsWrite).Produces<CampaignResource>(StatusCodes.Status201Created)
            .WithSummary("Keeps a new campaign as a draft. Its definition is YAML, as config/campaigns/example.yaml describes it; 422 with all mistakes.");
        campaigns.MapGet("/{campaign}", GetAsync).Needs(ApiScope.CampaignsRead).Produces<CampaignResource>().WithSummary("Where a campaign stands.");
        campaigns.MapGet("/{campaign}/definition", DefinitionAsync).Needs(ApiScope.CampaignsRead).Produces<CampaignDefinition>().WithSummary("The YAML that it goes by, to be changed and sent back.");
        campaigns.MapPut("/{campaign}/definition", EditAsync).Needs(ApiScope.CampaignsWrite).Produces<CampaignDefinition>()
            .WithSummary("Gives a campaign that has not ended another definition. Calls that run go on as they began. With the 'version' that was read nobody's change is lost: 409 when there was one; 422 with all mistakes.");
        campaigns.MapPost("/{campaign}/contacts", ImportAsync).Needs(ApiScope.CampaignsWrite).Accepts<string>(Csv).Produces<ImportAnswer>()
            .WithMetadata(new RequestSizeLimitAttribute((long)options.MaxImportMegabytes << 20))
            .WithSummary("Adds contacts from CSV with a header. Good rows are kept, bad ones are named by line; a number that is there already is merged.");
        foreach (CampaignAction action in Enum.GetValues<CampaignAction>())
            campaigns.MapPost($"/{{campaign}}/{ConfigValue.EnumText(action.ToString())}", (string campaign, ApiBody<EmptyBody> body, ICampaignStore store, CampaignDesk desk, CancellationToken cancellationToken) => ActAsync(campaign, action, store, desk, cancellationToken))
                .Needs(ApiScope.CampaignsWrite).Produces<CampaignResource>().WithSummary(action switch
                {
                    CampaignAction.Start => "Begins to dial.",
                    CampaignAction.Pause => "Dials nobody more; calls that run go on.",
                    CampaignAction.Resume => "Goes on dialling.",
                    _ => "Ends it for good; calls that run go on.",
                });
        campaigns.MapGet("/{campaign}/report", ReportAsync).Needs(ApiScope.CampaignsWrite).Produces(StatusCodes.Status200OK, contentType: Csv).WithSummary("Every contact with what became of it, as CSV. Personal data.");
    }

    private static async Task<IResult> ListAsync(string? cursor, int? limit, ICampaignStore store, CancellationToken cancellationToken)
    {
        if (ApiCursor.Read(cursor, limit, out string? after) is { } problem)
            return problem;
        IReadOnlyList<CampaignStatus> all = await store.ListAsync(cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(ApiCursor.Cut(all.OrderBy(status => status.Campaign.Id, StringComparer.Ordinal).Select(CampaignResource.Of), campaign => campaign.Id, after, limit));
    }

    private static async Task<IResult> CreateAsync(ApiBody<CampaignBody> body, ICampaignStore store, CampaignDesk desk, CancellationToken cancellationToken)
    {
        var problems = new List<ConfigProblem>();
        string? refused = await desk.CreateAsync(body.Value.Id, body.Value.Definition, desk.FileOf("new"), problems, cancellationToken).ConfigureAwait(false);
        if (problems.Count > 0)
            return ApiProblem.Unprocessable("The definition has mistakes; nothing was kept.", [.. problems.Select(ItemOf)]);
        if (refused is not null)
            return await store.GetAsync(body.Value.Id, cancellationToken).ConfigureAwait(false) is null ? ApiProblem.BadRequest("body", refused) : ApiProblem.Conflict("body.id", refused);
        return TypedResults.Created($"{ApiPaths.Root}/campaigns/{body.Value.Id}", CampaignResource.Of((await store.GetAsync(body.Value.Id, cancellationToken).ConfigureAwait(false))!));
    }

    private static async Task<IResult> GetAsync(string campaign, ICampaignStore store, CancellationToken cancellationToken) =>
        await store.GetAsync(campaign, cancellationToken).ConfigureAwait(false) is { } status ? TypedResults.Ok(CampaignResource.Of(status)) : NoCampaign();

    private static async Task<IResult> DefinitionAsync(string campaign, ICampaignStore store, CancellationToken cancellationToken) =>
        await store.GetAsync(campaign, cancellationToken).ConfigureAwait(false) is { } status ? TypedResults.Ok(CampaignDefinition.Of(status.Campaign.Definition)) : NoCampaign();

    private static async Task<IResult> EditAsync(string campaign, ApiBody<DefinitionBody> body, ICampaignStore store, CampaignDesk desk, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(campaign, cancellationToken).ConfigureAwait(false) is not { } status)
            return NoCampaign();
        var problems = new List<ConfigProblem>();
        string definition = body.Value.Definition;
        string? refused = await desk.EditAsync(campaign, definition, body.Value.Version, desk.FileOf(campaign), problems, cancellationToken).ConfigureAwait(false);
        if (problems.Count > 0)
            return ApiProblem.Unprocessable("The definition has mistakes; nothing was changed.", [.. problems.Select(ItemOf)]);
        return refused switch
        {
            null => TypedResults.Ok(CampaignDefinition.Of(definition)),
            CampaignDesk.Changed => ApiProblem.Conflict("body.version", refused),
            _ when status.State is CampaignState.Stopped or CampaignState.Completed => ApiProblem.Conflict("path.campaign", refused),
            _ => ApiProblem.BadRequest("body.definition", refused),
        };
    }

    private static async Task<IResult> ImportAsync(string campaign, HttpContext context, ICampaignStore store, CampaignDesk desk, TimeProvider time)
    {
        if (await store.GetAsync(campaign, context.RequestAborted).ConfigureAwait(false) is not { } status)
            return NoCampaign();
        if (desk.PlanOf(status.Campaign, out IReadOnlyList<ConfigProblem> mistakes) is not { } plan)
            return ApiProblem.Unprocessable("The campaign's definition cannot be read any more.", [.. mistakes.Select(ItemOf)]);
        using var csv = new MemoryStream();
        await context.Request.Body.CopyToAsync(csv, context.RequestAborted).ConfigureAwait(false);
        csv.Position = 0;
        ContactTable table = ContactImport.Read("body", plan, csv, time.GetUtcNow());
        if (!table.IsComplete)
            return ApiProblem.Unprocessable("The table cannot be read; no contact was kept.", [.. table.Problems.Select(ItemOf)]);
        ImportCounts counts = await store.ImportAsync(campaign, table.Contacts, time.GetUtcNow(), context.RequestAborted).ConfigureAwait(false);
        return TypedResults.Ok(new ImportAnswer(counts.Added, counts.Merged + table.Duplicates, counts.OnDoNotCallList, table.Bad, [.. table.Problems.Select(ItemOf)]));
    }

    private static async Task<IResult> ActAsync(string campaign, CampaignAction action, ICampaignStore store, CampaignDesk desk, CancellationToken cancellationToken)
    {
        string? refused = await desk.ActAsync(campaign, action, cancellationToken).ConfigureAwait(false);
        if (await store.GetAsync(campaign, cancellationToken).ConfigureAwait(false) is not { } status)
            return NoCampaign();
        return refused is null ? TypedResults.Ok(CampaignResource.Of(status)) : ApiProblem.Conflict("path.campaign", refused);
    }

    private static async Task<IResult> ReportAsync(string campaign, ICampaignStore store, HttpContext context)
    {
        if (await store.GetAsync(campaign, context.RequestAborted).ConfigureAwait(false) is null)
            return NoCampaign();
        return Results.Stream(async stream =>
        {
            var text = new StreamWriter(stream);
            await using (text.ConfigureAwait(false))
                await new CampaignReport(store, withPersonalData: true).WriteContactsCsvAsync(campaign, text, context.RequestAborted).ConfigureAwait(false);
        }, $"{Csv}; charset=utf-8", $"{campaign}.csv");
    }

    private static ApiProblemItem ItemOf(ConfigProblem problem) => new($"line {problem.Line}{(problem.Key.Length > 0 ? $" {problem.Key}" : "")}", problem.Message);

    private static ApiProblem NoCampaign() => ApiProblem.NotFound("path.campaign", "There is no such campaign. GET /api/v1/campaigns lists them.");
}

/// <param name="Id">Letters, digits, "-" and "_".</param>
/// <param name="Definition">YAML.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CampaignBody([property: JsonRequired] string Id, [property: JsonRequired] string Definition);

/// <param name="Definition">YAML.</param>
/// <param name="Version">Of the definition that is changed; null: whatever is there.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record DefinitionBody([property: JsonRequired] string Definition, string? Version = null);

/// <param name="Definition">YAML.</param>
/// <param name="Version">Tells one text from another.</param>
internal sealed record CampaignDefinition(string Definition, string Version)
{
    public static CampaignDefinition Of(string definition) => new(definition, CampaignDesk.VersionOf(definition));
}

/// <param name="Outcomes">Finished attempts by outcome.</param>
internal sealed record CampaignResource(
    string Id, string Agent, CampaignState State, DateTimeOffset CreatedAt, int Contacts, int Waiting, int Leased, int Finished, int OnDoNotCallList, IReadOnlyDictionary<AttemptOutcome, int> Outcomes)
{
    public static CampaignResource Of(CampaignStatus status) => new(status.Campaign.Id, status.Campaign.Agent, status.State, status.Campaign.CreatedAt,
        status.Contacts, status.Waiting, status.Leased, status.Finished, status.OnDoNotCallList, status.Outcomes);
}

/// <param name="Merged">Rows whose number was there already.</param>
/// <param name="OnDoNotCallList">Kept for the report, never dialled.</param>
/// <param name="Bad">Rows that were left out.</param>
/// <param name="Errors">Why, the first thousand.</param>
internal sealed record ImportAnswer(int Added, int Merged, int OnDoNotCallList, int Bad, IReadOnlyList<ApiProblemItem> Errors);
