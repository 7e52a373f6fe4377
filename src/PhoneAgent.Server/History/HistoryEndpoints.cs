using System.Security.Claims;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Storage.History;

namespace PhoneAgent.Server.History;

/// <summary>The calls that are over: search, one record, its recording, export, and deleting a caller's data.</summary>
internal static partial class HistoryEndpoints
{
    public static IServiceCollection AddHistory(this IServiceCollection services) => services
        .AddSingleton<FileCallHistory>()
        .AddSingleton<ICallHistory>(s => s.GetRequiredService<FileCallHistory>())
        .AddHostedService(s => s.GetRequiredService<FileCallHistory>());

    public static void MapHistory(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder history = routes.MapGroup("/api/history").RequireAuthorization(Policies.View);
        history.MapGet("", ([AsParameters] SearchRequest search, HttpContext context, ICallHistory calls) => Search(search, JsonFor(context.User), calls));
        history.MapGet("/export.{format}", (string format, [AsParameters] SearchRequest search, HttpContext context, ICallHistory calls) => Export(format, search, context.User, calls));
        history.MapGet("/{call}", (string call, HttpContext context, ICallHistory calls) => calls.Find(call) is { } record ? Json(JsonFor(context.User).Of(record)) : NotFound());
        history.MapGet("/{call}/timeline", TimelineAsync);
        history.MapGet("/{call}/recording", (string call, ICallHistory calls) => calls.RecordingOf(call) is { } file
            ? Results.File(file, "audio/wav", enableRangeProcessing: true)
            : NotFound());
        RouteGroupBuilder deleting = routes.MapGroup("/api/history/caller").RequireAuthorization(Policies.Administer).RequireCsrfToken();
        deleting.MapPost("/count", (PartyBody body, ICallHistory calls) => Count(body, calls));
        deleting.MapPost("/delete", (PartyBody body, HttpContext context, ICallHistory calls, ILoggerFactory loggers) => Delete(body, context.User, calls, loggers));
    }

    private sealed record SearchRequest(
        [FromQuery] string? Number, [FromQuery] string? Words, [FromQuery] DateOnly? From, [FromQuery] DateOnly? To,
        [FromQuery] string? Disposition, [FromQuery] bool? Escalated, [FromQuery] int? Page, [FromQuery] int? PageSize);

    private static HistoryQuery QueryOf(SearchRequest search) => new()
    {
        Number = search.Number,
        Words = search.Words,
        From = search.From,
        To = search.To,
        Disposition = search.Disposition,
        Escalated = search.Escalated,
        Page = search.Page ?? 1,
        PageSize = search.PageSize ?? 50,
    };

    private static IResult Search(SearchRequest search, RecordJson json, ICallHistory calls)
    {
        HistoryQuery query = QueryOf(search);
        return query.Problem() is { } problem ? Results.Problem(problem, statusCode: StatusCodes.Status400BadRequest) : Json(json.Of(calls.Search(query)));
    }

    private static IResult Export(string format, SearchRequest search, ClaimsPrincipal user, ICallHistory calls)
    {
        HistoryQuery query = QueryOf(search) with { Page = 1, PageSize = HistoryQuery.MaxPageSize };
        if (query.Problem() is { } problem)
            return Results.Problem(problem, statusCode: StatusCodes.Status400BadRequest);
        if (format is not ("csv" or "json"))
            return Results.Problem("There are export.csv and export.json.", statusCode: StatusCodes.Status404NotFound);
        var export = new HistoryExport(calls, JsonFor(user));
        return format == "csv"
            ? Results.Stream(stream => export.WriteCsvAsync(query, stream), "text/csv; charset=utf-8", "calls.csv")
            : Results.Stream(stream => export.WriteJsonAsync(query, stream), "application/json", "calls.json");
    }

    private static async Task<IResult> TimelineAsync(string call, HttpContext context, ICallHistory calls) =>
        await calls.ReadAsync(call, context.RequestAborted).ConfigureAwait(false) is { } events ? Json(JsonFor(context.User).Of(events)) : NotFound();

    private static IResult Json(JsonNode json) => Results.Json(json, RecordJson.Options);

    private static RecordJson JsonFor(ClaimsPrincipal user) => new(isRedacted: !MaySeeAll(user));

    /// <summary>Supervisors, and machines that may act, see numbers and words in what leaves this server.</summary>
    private static bool MaySeeAll(ClaimsPrincipal user) =>
        user.Is(Role.Supervisor) || user.HasClaim(Policies.ScopeClaim, nameof(ApiScope.Admin)) || user.HasClaim(Policies.ScopeClaim, nameof(ApiScope.Act));

    private static IResult NotFound() => Results.Problem("There is no record of this call.", statusCode: StatusCodes.Status404NotFound);

    /// <param name="Party">Number or name of the other party.</param>
    /// <param name="Calls">Confirms: how many calls the user saw that he deletes.</param>
    private sealed record PartyBody(string? Party, int? Calls);

    private static IResult Count(PartyBody body, ICallHistory calls) => IsParty(body)
        ? Results.Json(new { calls = calls.CountOf(body.Party!) })
        : Results.Problem("party: a number or name is expected.", statusCode: StatusCodes.Status400BadRequest);

    private static IResult Delete(PartyBody body, ClaimsPrincipal user, ICallHistory calls, ILoggerFactory loggers)
    {
        if (!IsParty(body))
            return Results.Problem("party: a number or name is expected.", statusCode: StatusCodes.Status400BadRequest);
        int now = calls.CountOf(body.Party!);
        if (body.Calls != now)
            return Results.Json(new { calls = now, reason = "calls: repeat the number of calls that are deleted." }, statusCode: StatusCodes.Status409Conflict);
        (int deleted, int failed) = calls.Delete(body.Party!);
        // Whose they were is what was to be forgotten.
        Log.Deleted(loggers.CreateLogger(typeof(HistoryEndpoints)), user.Identity!.Name!, deleted, failed);
        return Results.Json(new { deleted, failed }, statusCode: failed == 0 ? StatusCodes.Status200OK : StatusCodes.Status500InternalServerError);
    }

    private static bool IsParty(PartyBody body) => body.Party is { Length: > 0 and <= HistoryQuery.MaxText } && !string.IsNullOrWhiteSpace(body.Party);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{User} deleted what was kept of a caller: {Deleted} calls; {Failed} could not be deleted")]
        public static partial void Deleted(ILogger logger, string user, int deleted, int failed);
    }
}
