using System.Net.ServerSentEvents;
using System.Text.Json;
using PhoneAgent.Server.Dashboard;
using PhoneAgent.Server.History;
using PhoneAgent.Server.Http.Security;

namespace PhoneAgent.Server.SystemHealth;

/// <summary>How the server is doing, in detail; the anonymous <c>/health</c> says less.</summary>
internal static class SystemHealthEndpoints
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    public static IServiceCollection AddSystemHealth(this IServiceCollection services) => services.AddSingleton<HealthDesk>();

    public static void MapSystemHealth(this IEndpointRouteBuilder routes)
    {
        // Its clock begins with the server, not with the first who looks.
        routes.ServiceProvider.GetRequiredService<HealthDesk>();
        routes.MapGet("/api/health", (HealthDesk desk) => Results.Json(desk.Look(), RecordJson.Options)).Needs(ApiScope.Read);
        routes.MapGet("/live/system", (HttpContext context, HealthDesk desk, EventStreams events, ILoggerFactory loggers) =>
            events.Serve(context, Every, () => RenderAsync(context.RequestServices, loggers, desk.Look()))).RequireAuthorization(Policies.View);
    }

    private static async Task<IReadOnlyList<SseItem<string>>> RenderAsync(IServiceProvider services, ILoggerFactory loggers, HealthReport report)
    {
        var fragments = new Fragments(services, loggers);
        await using (fragments.ConfigureAwait(false))
        {
            string html = await fragments.RenderAsync<HealthView>((nameof(HealthView.Report), report)).ConfigureAwait(false);
            return [new SseItem<string>(JsonSerializer.Serialize(html), "system")];
        }
    }
}
