using PhoneAgent.Server.Dashboard.Calls;
using PhoneAgent.Server.Http.Security;

namespace PhoneAgent.Server.Dashboard;

/// <summary>The pages. They are rendered here; small modules in <c>wwwroot/js</c> keep them up to date.</summary>
internal static class DashboardEndpoints
{
    public static IServiceCollection AddDashboard(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddHttpContextAccessor();
        services.AddCascadingAuthenticationState();
        return services.AddSingleton<LiveBoard>().AddSingleton<EventStreams>();
    }

    public static void MapDashboard(this IEndpointRouteBuilder routes)
    {
        routes.MapRazorComponents<App>();
        RouteGroupBuilder streams = routes.MapGroup("/live").RequireAuthorization(Policies.View);
        streams.MapGet("/calls", (HttpContext context, LiveBoard board, EventStreams events, ILoggerFactory loggers) =>
            events.Serve(context, BoardStream.Every, new BoardStream(board, context.RequestServices, loggers).LookAsync));
        streams.MapGet("/calls/{id}", WatchCall);
    }

    private static IResult WatchCall(string id, int? seen, HttpContext context, LiveBoard board, EventStreams events, ILoggerFactory loggers)
    {
        if (board.Find(id) is not { } call)
            return Results.NotFound();
        // A browser that lost the connection says what it had.
        int known = int.TryParse(context.Request.Headers["Last-Event-ID"], out int last) ? last : seen ?? 0;
        return events.Serve(context, CallStream.Every, new CallStream(call, Math.Max(0, known), context.RequestServices, loggers).LookAsync);
    }
}
