using System.Security.Claims;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using PhoneAgent.Campaigns;
using PhoneAgent.Server.Handover;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Storage.Retention;

namespace PhoneAgent.Server.History;

/// <summary>The calls that are over: search, one record, its recording, export, and deleting a caller's data.</summary>
internal static partial class HistoryEndpoints
{
    public static void MapHistory(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder history = routes.MapGroup("/api/history").Needs(ApiScope.HistoryRead);
        history.MapGet("", SearchAsync);
        history.MapGet("/export.{format}", Export);
        history.MapGet("/{call}", FindAsync);
        history.MapGet("/{call}/timeline", TimelineAsync);
        history.MapGet("/{call}/recording", RecordingAsync).Needs(ApiScope.HistoryRead, Policies.ToKnow);
        RouteGroupBuilder deleting = routes.MapGroup("/api/history/caller").Needs(ApiScope.HistoryDelete).RequireCsrfToken();
        deleting.MapPost("/count", CountAsync);
        deleting.MapPost("/delete", DeleteAsync);
    }

    private sealed record SearchRequest(
        [FromQuery] string? Number, [FromQuery] string? Words, [FromQuery] DateOnly? From, [FromQuery] DateOnly? To,
        [FromQuery] string? Disposition, [FromQuery] bool? Escalated, [FromQuery] int? Page, [FromQuery] int? PageSize);

    private static HistoryQuery QueryOf(SearchRequest search) => new()
    {
        Number = search.Number,
        Words = search.Words,
        Since = HistoryQuery.StartOf(search.From),
        Until = HistoryQuery.EndOf(search.To),
        Disposition = search.Disposition,
        Escalated = search.Escalated,
        Page = search.Page ?? 1,
        PageSize = search.PageSize ?? 50,
    };

    private static async Task<IResult> SearchAsync([AsParameters] SearchRequest search, HttpContext context, ICallStore calls)
    {
        HistoryQuery query = QueryOf(search);
        return query.Problem() is { } problem
            ? Results.Problem(problem, statusCode: StatusCodes.Status400BadRequest)
            : Json(JsonFor(context.User).Of(await calls.SearchAsync(query, context.RequestAborted).ConfigureAwait(false)));
    }

    /// <param name="unredacted">Numbers and words too, for those who may see them: what leaves this server in a file is redacted unless somebody wants it so.</param>
    private static IResult Export(string format, [AsParameters] SearchRequest search, bool? unredacted, HttpContext context, ICallStore calls)
    {
        HistoryQuery query = QueryOf(search) with { Page = 1, PageSize = HistoryQuery.MaxPageSize };
        if (query.Problem() is { } problem)
            return Results.Problem(problem, statusCode: StatusCodes.Status400BadRequest);
        if (format is not ("csv" or "json"))
            return Results.Problem("There are export.csv and export.json.", statusCode: StatusCodes.Status404NotFound);
        if (unredacted == true && !context.User.MayKnow())
            return Results.Problem("unredacted: for supervisors, and keys that may act.", statusCode: StatusCodes.Status403Forbidden);
        var export = new HistoryExport(calls, calls.AllAsync(query, context.RequestAborted), new RecordJson(isRedacted: unredacted != true), context.RequestAborted);
        return format == "csv"
            ? Results.Stream(export.WriteCsvAsync, "text/csv; charset=utf-8", "calls.csv")
            : Results.Stream(export.WriteJsonAsync, "application/json", "calls.json");
    }

    private static async Task<IResult> FindAsync(string call, HttpContext context, ICallStore calls) =>
        await calls.FindAsync(call, context.RequestAborted).ConfigureAwait(false) is { } record ? Json(JsonFor(context.User).Of(record)) : NotFound();

    private static async Task<IResult> TimelineAsync(string call, HttpContext context, ICallStore calls) =>
        await calls.FindAsync(call, context.RequestAborted).ConfigureAwait(false) is not null
        && await calls.ReadTimelineAsync(call, context.RequestAborted).ConfigureAwait(false) is { } events ? Json(JsonFor(context.User).Of(events)) : NotFound();

    private static async Task<IResult> RecordingAsync(string call, HttpContext context, ICallStore calls) =>
        await calls.RecordingOfAsync(call, context.RequestAborted).ConfigureAwait(false) is { } file ? Results.File(file, "audio/wav", enableRangeProcessing: true) : NotFound();

    private static IResult Json(JsonNode json) => Results.Json(json, RecordJson.Options);

    private static RecordJson JsonFor(ClaimsPrincipal user) => new(isRedacted: !user.MayKnow());

    private static IResult NotFound() => Results.Problem("There is no record of this call.", statusCode: StatusCodes.Status404NotFound);

    /// <param name="Party">Number or name of the other party.</param>
    /// <param name="Calls">Confirms: how many calls the user saw that he deletes.</param>
    private sealed record PartyBody(string? Party, int? Calls);

    private static async Task<IResult> CountAsync(PartyBody body, HttpContext context, ICallStore calls) => IsParty(body)
        ? Results.Json(new { calls = await calls.CountOfAsync(body.Party!, context.RequestAborted).ConfigureAwait(false) })
        : Results.Problem("party: a number or name is expected.", statusCode: StatusCodes.Status400BadRequest);

    private static async Task<IResult> DeleteAsync(PartyBody body, HttpContext context, ICallStore calls, ICampaignStore campaigns, InTransit transit, BriefLinks briefs, ILoggerFactory loggers)
    {
        if (!IsParty(body))
            return Results.Problem("party: a number or name is expected.", statusCode: StatusCodes.Status400BadRequest);
        int now = await calls.CountOfAsync(body.Party!, context.RequestAborted).ConfigureAwait(false);
        if (body.Calls != now)
            return Results.Json(new { calls = now, reason = "calls: repeat the number of calls that are deleted." }, statusCode: StatusCodes.Status409Conflict);
        briefs.Forget(brief => PartyNumber.Normal(brief.Caller) == PartyNumber.Normal(body.Party!));
        try
        {
            DeletedCaller gone = await DeletedCaller.DeleteAsync(body.Party!, calls, campaigns, transit).ConfigureAwait(false);
            // Whose they were is what was to be forgotten.
            Log.Deleted(loggers.CreateLogger(typeof(HistoryEndpoints)), context.User.Identity!.Name!, gone.Deleted, gone.Failed, gone.CampaignRows);
            return Results.Json(gone, statusCode: gone.Failed == 0 ? StatusCodes.Status200OK : StatusCodes.Status500InternalServerError);
        }
        catch (CampaignStoreException e)
        {
            return Results.Problem($"Nothing is deleted yet: {e.Message}", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static bool IsParty(PartyBody body) => body.Party is { Length: > 0 and <= HistoryQuery.MaxText } && !string.IsNullOrWhiteSpace(body.Party);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{User} deleted what was kept of a caller: {Deleted} calls, {CampaignRows} rows of campaigns; {Failed} calls could not be deleted")]
        public static partial void Deleted(ILogger logger, string user, int deleted, int failed, int campaignRows);
    }
}
