using PhoneAgent.Server.Hosting;

namespace PhoneAgent.Server.Http;

/// <summary>For orchestrators and load balancers: says nothing about calls but how many there are, so it needs no login.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder health = routes.MapGroup("/health").AllowAnonymous();
        health.MapGet("/live", () => Results.Text("ok"));
        health.MapGet("/ready", (ServerState state) => Results.Text(Word(state.Phase), statusCode: StatusOf(state.Phase)));
        health.MapGet("", (ServerState state, LiveCalls calls) =>
            Results.Json(new { status = Word(state.Phase), calls = calls.Running }, statusCode: StatusOf(state.Phase)));
    }

    private static int StatusOf(ServerPhase phase) => phase == ServerPhase.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;

    private static string Word(ServerPhase phase) => phase switch
    {
        ServerPhase.Starting => "starting",
        ServerPhase.Ready => "ready",
        ServerPhase.Draining => "draining",
        _ => "stopped",
    };
}
