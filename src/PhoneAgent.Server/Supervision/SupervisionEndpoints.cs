using Microsoft.AspNetCore.Mvc;
using PhoneAgent.Conversation.Supervision;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Http.Security;

namespace PhoneAgent.Server.Supervision;

/// <summary>
/// What supervisors do to running calls: one POST an action, for pages and machines, and a socket to listen and speak.
/// 200: done; 409: not possible now, and why; 404: no such call.
/// </summary>
internal static class SupervisionEndpoints
{
    private const long MaxBody = 8 << 10;

    public static IServiceCollection AddSupervision(this IServiceCollection services) => services.AddSingleton<ListenDesk>();

    public static void MapSupervision(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder call = routes.MapGroup("/api/live/{call}").Needs(ApiScope.Act).RequireCsrfToken();
        call.WithMetadata(new RequestSizeLimitAttribute(MaxBody));
        call.MapPost("/whisper", (Request request, TextBody body) => request.ActAsync(new SupervisorAction.Whisper(body.Text ?? "")));
        call.MapPost("/say", (Request request, SayBody body) => request.ActAsync(new SupervisorAction.Say(body.Text ?? "", body.AtOnce)));
        call.MapPost("/mark", (Request request, TextBody body) => request.ActAsync(new SupervisorAction.Mark(body.Text ?? "")));
        call.MapPost("/transfer", (Request request, TransferBody body) => request.ActAsync(new SupervisorAction.Transfer(body.Target, body.Announcement)));
        call.MapPost("/take-over", (Request request) => request.ActAsync(new SupervisorAction.TakeOver()));
        call.MapPost("/hand-back", (Request request, HandBackBody body) => request.ActAsync(new SupervisorAction.HandBack(body.Note)));
        call.MapPost("/hold", (Request request) => request.ActAsync(new SupervisorAction.Hold()));
        call.MapPost("/resume", (Request request) => request.ActAsync(new SupervisorAction.Resume()));
        call.MapPost("/hang-up", (Request request) => request.ActAsync(new SupervisorAction.HangUp()));
        routes.MapGet("/ws/listen/{call}", (string call, HttpContext context, ListenDesk desk) => desk.ServeAsync(call, context)).Needs(ApiScope.Act);
    }

    private sealed record TextBody(string? Text);

    private sealed record SayBody(string? Text, bool AtOnce);

    private sealed record TransferBody(string? Target, string? Announcement);

    private sealed record HandBackBody(string? Note);

    /// <summary>Who asks, and about which call.</summary>
    private sealed record Request(string Call, HttpContext Context, LiveCalls Calls)
    {
        public static ValueTask<Request?> BindAsync(HttpContext context) => ValueTask.FromResult<Request?>(
            new Request((string)context.Request.RouteValues["call"]!, context, context.RequestServices.GetRequiredService<LiveCalls>()));

        public async Task<IResult> ActAsync(SupervisorAction action)
        {
            if (Calls.Find(Call) is not { } live)
                return Results.Problem("There is no such call at the moment.", statusCode: StatusCodes.Status404NotFound);
            SupervisorResult result = live.Supervision is { } supervision
                ? await supervision.ActAsync(action, Context.User.Identity!.Name!).ConfigureAwait(false)
                : new SupervisorResult(false, "This agent cannot be supervised.");
            return Results.Json(new { done = result.IsDone, reason = result.Reason }, statusCode: result.IsDone ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
        }
    }
}
