using System.Globalization;
using System.Security.Claims;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using PhoneAgent.Campaigns;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Handover;
using PhoneAgent.Server.History;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Storage.Retention;

namespace PhoneAgent.Server.Api;

/// <summary>Calls that are over: list, one, its timeline and recording, export, and forgetting a number.</summary>
internal static partial class HistoryApi
{
    public static void MapHistoryApi(this RouteGroupBuilder api)
    {
        RouteGroupBuilder history = api.MapGroup("/history").WithTags("History").ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        history.MapGet("", ListAsync).Needs(ApiScope.HistoryRead).Produces<ApiPage<HistoryItem>>()
            .WithSummary("Calls that are over, the newest first. A cursor stands behind a call: whatever ends while you page, none comes twice and none is left out.");
        history.MapGet("/export", Export).Needs(ApiScope.HistoryRead).Produces(StatusCodes.Status200OK, contentType: "text/csv").WithSummary("All that fit, as CSV (RFC 4180) or, with format=json, as a JSON list. Redacted, unless a key that may act says unredacted=true.");
        history.MapGet("/{call}", GetAsync).Needs(ApiScope.HistoryRead).Produces<HistoryItem>().WithSummary("The record of one call.");
        history.MapGet("/{call}/timeline", TimelineAsync).Needs(ApiScope.HistoryRead).Produces<IReadOnlyList<JsonObject>>().WithSummary("What happened in it.");
        history.MapGet("/{call}/recording", RecordingAsync).Needs(ApiScope.HistoryRead, Policies.ToKnow).Produces(StatusCodes.Status200OK, contentType: "audio/wav").WithSummary("Its recording: left the other side, right the agent. It cannot be redacted, so it is for keys that may act in calls, too.");
        history.MapPost("/forget", ForgetAsync).Needs(ApiScope.HistoryDelete).Produces<ForgetAnswer>()
            .WithSummary("Deletes all that is kept of a number: its calls, and what campaigns know of it. With 'calls' left out it only counts them; to delete, repeat the count.");
    }

    private static HistoryQuery Query(string? number, string? words, DateOnly? from, DateOnly? to, string? disposition, bool? escalated) => new()
    {
        Number = number,
        Words = words,
        Since = HistoryQuery.StartOf(from),
        Until = HistoryQuery.EndOf(to),
        Disposition = disposition,
        Escalated = escalated,
    };

    private static async Task<IResult> ListAsync(string? number, string? words, DateOnly? from, DateOnly? to, string? disposition, bool? escalated, string? cursor, int? limit, HttpContext context, ICallStore calls)
    {
        if (ApiCursor.Read(cursor, limit, out string? position) is { } wrong)
            return wrong;
        (DateTimeOffset, string)? after = PlaceOf(position);
        if (position is not null && after is null)
            return ApiCursor.Bad;
        HistoryQuery query = Query(number, words, from, to, disposition, escalated) with { After = after, PageSize = limit ?? ApiCursor.DefaultLimit };
        if (query.Problem() is { } problem)
            return ApiProblem.BadRequest("query", problem);
        HistoryPage found = await calls.SearchAsync(query, context.RequestAborted).ConfigureAwait(false);
        return TypedResults.Ok(new ApiPage<HistoryItem>([.. found.Calls.Select(call => HistoryItem.Of(call, context.User.MayKnow()))],
            found.Total > found.Calls.Count ? ApiCursor.Write(PlaceOf(found.Calls[^1])) : null));
    }

    private static string PlaceOf(CallRecord call) => $"{call.StartedAt.UtcTicks.ToString(CultureInfo.InvariantCulture)} {call.Id}";

    private static (DateTimeOffset StartedAt, string Id)? PlaceOf(string? position) =>
        position?.Split(' ', 2) is [var at, { Length: > 0 } id] && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out long ticks) && ticks <= DateTimeOffset.MaxValue.UtcTicks
            ? (new DateTimeOffset(ticks, TimeSpan.Zero), id) : null;

    private static IResult Export(string? format, string? number, string? words, DateOnly? from, DateOnly? to, string? disposition, bool? escalated, bool? unredacted, HttpContext context, ICallStore calls)
    {
        if (format is not (null or "csv" or "json"))
            return ApiProblem.BadRequest("query.format", "csv or json is expected.");
        HistoryQuery query = Query(number, words, from, to, disposition, escalated) with { PageSize = HistoryQuery.MaxPageSize };
        if (query.Problem() is { } problem)
            return ApiProblem.BadRequest("query", problem);
        if (unredacted == true && !context.User.MayKnow())
            return ApiProblem.Forbidden(Policies.ToKnow.Name());
        var export = new HistoryExport(calls, calls.AllAsync(query, context.RequestAborted), new RecordJson(isRedacted: unredacted != true), context.RequestAborted);
        return format == "json"
            ? Results.Stream(export.WriteJsonAsync, "application/json", "calls.json")
            : Results.Stream(export.WriteCsvAsync, "text/csv; charset=utf-8", "calls.csv");
    }

    private static async Task<IResult> GetAsync(string call, HttpContext context, ICallStore calls) =>
        await calls.FindAsync(call, context.RequestAborted).ConfigureAwait(false) is { } record ? TypedResults.Ok(HistoryItem.Of(record, context.User.MayKnow())) : NoRecord();

    private static async Task<IResult> TimelineAsync(string call, HttpContext context, ICallStore calls) =>
        await calls.FindAsync(call, context.RequestAborted).ConfigureAwait(false) is not null
        && await calls.ReadTimelineAsync(call, context.RequestAborted).ConfigureAwait(false) is { } events ? Results.Json(JsonFor(context.User).Of(events), RecordJson.Options) : NoRecord();

    private static async Task<IResult> RecordingAsync(string call, HttpContext context, ICallStore calls) =>
        await calls.RecordingOfAsync(call, context.RequestAborted).ConfigureAwait(false) is { } file
            ? Results.File(file, "audio/wav", enableRangeProcessing: true)
            : ApiProblem.NotFound("path.call", "There is no recording of this call.");

    private static async Task<IResult> ForgetAsync(ApiBody<ForgetBody> body, HttpContext context, ICallStore calls, ICampaignStore campaigns, InTransit transit, BriefLinks briefs, ILoggerFactory loggers)
    {
        string number = body.Value.Number;
        if (string.IsNullOrWhiteSpace(number) || number.Length > HistoryQuery.MaxText)
            return ApiProblem.BadRequest("body.number", "A number or name is expected.");
        int now = await calls.CountOfAsync(number, context.RequestAborted).ConfigureAwait(false);
        if (body.Value.Calls is not { } confirmed)
            return TypedResults.Ok(new ForgetAnswer(now, 0, 0, 0, null));
        if (confirmed != now)
            return ApiProblem.Conflict("body.calls", $"{now} calls would be deleted: repeat this number to confirm it.");
        briefs.Forget(brief => PartyNumber.Normal(brief.Caller) == PartyNumber.Normal(number));
        DeletedCaller gone = await DeletedCaller.DeleteAsync(number, calls, campaigns, transit).ConfigureAwait(false);
        // Whose they were is what was to be forgotten.
        Log.Deleted(loggers.CreateLogger(typeof(HistoryApi)), context.User.Identity!.Name!, gone.Deleted, gone.Failed, gone.CampaignRows);
        return TypedResults.Ok(new ForgetAnswer(now, gone.Deleted, gone.Failed, gone.CampaignRows, gone.Note));
    }

    private static RecordJson JsonFor(ClaimsPrincipal user) => new(isRedacted: !user.MayKnow());

    private static ApiProblem NoRecord() => ApiProblem.NotFound("path.call", "There is no record of this call.");

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{User} deleted what was kept of a number: {Deleted} calls, {CampaignRows} rows of campaigns; {Failed} calls could not be deleted")]
        public static partial void Deleted(ILogger logger, string user, int deleted, int failed, int campaignRows);
    }
}

/// <summary>A call that is over.</summary>
/// <param name="Party">The other side. "(redacted)" for keys that may only read, as is the summary.</param>
internal sealed record HistoryItem(
    string Id, DateTimeOffset StartedAt, CallDirection Direction, string Party, string Line, double Seconds, string? Disposition, CallEndCause? Cause,
    bool Escalated, string? Summary, bool HasRecording)
{
    public static HistoryItem Of(CallRecord call, bool mayKnow) => new(
        call.Id, call.StartedAt, call.Direction, mayKnow ? call.Caller : "(redacted)", call.Called, Math.Round(call.Duration.TotalSeconds, 2), call.Disposition, call.Cause,
        call.IsEscalated, mayKnow ? call.Summary : null, call.HasRecording);
}

/// <param name="Number">The number or name of the other side.</param>
/// <param name="Calls">Confirms: how many calls are deleted. Null: they are only counted.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ForgetBody([property: JsonRequired] string Number, int? Calls = null);

/// <param name="Calls">That there were.</param>
/// <param name="CampaignRows">Contacts, attempts and consents of the number; do-not-call entries stay, they are the person's wish, too.</param>
/// <param name="Note">Why campaigns were not looked at; null when they were.</param>
internal sealed record ForgetAnswer(int Calls, int Deleted, int Failed, int CampaignRows, string? Note);
