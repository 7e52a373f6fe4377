using System.Security.Claims;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Supervision;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Outbound;

namespace PhoneAgent.Server.Api;

/// <summary>Calls: place, list, watch, speak, transfer, hang up.</summary>
internal static class CallEndpoints
{
    public static void MapCalls(this RouteGroupBuilder api)
    {
        RouteGroupBuilder calls = api.MapGroup("/calls").WithTags("Calls");
        calls.MapGet("", List).Needs(ApiScope.CallsRead).Produces<ApiPage<CallResource>>().WithSummary("Calls of this moment and of the last two minutes, the oldest first.");
        calls.MapPost("", Place).Needs(ApiScope.CallsWrite).Produces<CallResource>(StatusCodes.Status202Accepted)
            .WithSummary("Places a call. It has its id at once; watch it to see whether it is answered. 403 and 429 when the section outbound does not allow it.");
        calls.MapGet("/{call}", Get).Needs(ApiScope.CallsRead).Produces<CallResource>().WithSummary("One call.");
        calls.MapGet("/{call}/events", Watch).Needs(ApiScope.CallsRead).Produces(StatusCodes.Status200OK, contentType: "text/event-stream").ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithSummary("What happens in one call, as server-sent events: 'state' is the call, 'event' is an element of its timeline, 'end' is the last. Last-Event-ID goes on where a stream broke off.");
        calls.MapPost("/{call}/hang-up", HangUpAsync).Needs(ApiScope.CallsWrite).Produces(StatusCodes.Status204NoContent).WithSummary("Ends a call, or gives up one that nobody has answered.");
        calls.MapPost("/{call}/speak", SpeakAsync).Needs(ApiScope.CallsWrite).Produces(StatusCodes.Status204NoContent).WithSummary("The agent's voice says a sentence. It waits for a caller who speaks.");
        calls.MapPost("/{call}/transfer", TransferAsync).Needs(ApiScope.CallsWrite).Produces(StatusCodes.Status204NoContent).WithSummary("Hands the caller over. The section outbound says to whom.");
        api.MapGet("/events", WatchAll).WithTags("Calls").Needs(ApiScope.CallsRead).Produces(StatusCodes.Status200OK, contentType: "text/event-stream").ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithSummary("All calls, as server-sent events: 'call' whenever one begins, changes or ends.");
    }

    private static IResult List(string? cursor, int? limit, ClaimsPrincipal user, LiveCalls live, CallPlacer placer)
    {
        if (ApiCursor.Read(cursor, limit, out string? after) is { } problem)
            return problem;
        IEnumerable<CallResource> all = CallFeed.All(live, placer, user.MayKnow()).OrderBy(Key, StringComparer.Ordinal);
        return TypedResults.Ok(ApiCursor.Cut(all, Key, after, limit));
    }

    private static string Key(CallResource call) => $"{call.StartedAt.UtcTicks:D20}.{call.Id}";

    private static IResult Place(ApiBody<PlaceCallBody> body, ClaimsPrincipal user, AgentDirectory agents, CallPlacer placer)
    {
        PlaceCallBody request = body.Value;
        if (request.Check() is { } problem)
            return problem;
        if ((request.Agent is { } name ? agents.Find(name) : agents.Default) is not { } agent)
            return ApiProblem.BadRequest("body.agent", "There is no such agent. GET /api/v1/agents lists them.");
        if (placer.Check(request.Target) is { } refusal)
            return Refused(refusal);
        OutgoingCall call = placer.Place(new PlaceCallRequest(request.Target) { CallerId = request.CallerId, RingTimeout = TimeSpan.FromSeconds(request.RingSeconds ?? 60) }, agent);
        return TypedResults.Accepted($"/api/v1/calls/{call.Id}", CallResource.Of(call, user.MayKnow()));
    }

    private static ApiProblem Refused(OutboundRefusal refusal) => refusal switch
    {
        { Rule: OutboundRule.Target } => ApiProblem.BadRequest("body.target", refusal.Message),
        { RetryAfter: { } pause } => ApiProblem.TooMany("body.target", refusal.Message, pause),
        _ => ApiProblem.Refused("body.target", refusal.Message),
    };

    private static IResult Get(string call, ClaimsPrincipal user, LiveCalls live, CallPlacer placer) =>
        CallFeed.Find(call, live, placer, user.MayKnow()) is { } found ? TypedResults.Ok(found) : NoCall();

    private static IResult Watch(string call, HttpContext context, LiveCalls live, CallPlacer placer, Dashboard.EventStreams streams)
    {
        bool mayKnow = context.User.MayKnow();
        if (CallFeed.Find(call, live, placer, mayKnow) is null)
            return NoCall();
        var feed = new CallFeed(call, live, placer, mayKnow, CallFeed.SeenBy(context.Request));
        return streams.Serve(context, CallFeed.Every, feed.LookAsync);
    }

    private static IResult WatchAll(HttpContext context, LiveCalls live, CallPlacer placer, Dashboard.EventStreams streams) =>
        streams.Serve(context, AllCallsFeed.Every, new AllCallsFeed(live, placer, context.User.MayKnow()).LookAsync);

    private static async Task<IResult> HangUpAsync(string call, ApiBody<EmptyBody> body, ClaimsPrincipal user, LiveCalls live, CallPlacer placer) =>
        placer.GiveUp(call) ? TypedResults.NoContent() : await ActAsync(call, new SupervisorAction.HangUp(), user, live).ConfigureAwait(false);

    private static Task<IResult> SpeakAsync(string call, ApiBody<SpeakBody> body, ClaimsPrincipal user, LiveCalls live) =>
        ActAsync(call, new SupervisorAction.Say(body.Value.Text, body.Value.AtOnce), user, live);

    private static async Task<IResult> TransferAsync(string call, ApiBody<TransferBody> body, ClaimsPrincipal user, LiveCalls live, CallPlacer placer) =>
        body.Value.Target is { } target && live.Find(call) is not null && placer.Check(target) is { } refusal
            ? Refused(refusal)
            : await ActAsync(call, new SupervisorAction.Transfer(body.Value.Target, body.Value.Announcement), user, live).ConfigureAwait(false);

    private static async Task<IResult> ActAsync(string call, SupervisorAction action, ClaimsPrincipal user, LiveCalls live)
    {
        if (live.Find(call) is not { } found)
            return NoCall();
        if (found.Supervision is not { } supervision)
            return found.IsOver ? ApiProblem.Conflict("path.call", "The call is over.") : ApiProblem.Conflict("path.call", "This agent cannot be told anything: it holds no conversation.");
        SupervisorResult result = await supervision.ActAsync(action, user.Identity!.Name!).ConfigureAwait(false);
        return result.IsDone ? TypedResults.NoContent() : ApiProblem.Conflict(null, result.Reason ?? "It could not be done.");
    }

    private static ApiProblem NoCall() => ApiProblem.NotFound("path.call", "There is no such call at the moment. GET /api/v1/history has those that are over.");
}
