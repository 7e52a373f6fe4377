using Microsoft.AspNetCore.Mvc;
using PhoneAgent.Server.Campaigns;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Api;

/// <summary>What programs use: <c>/api/v1</c>.</summary>
internal static class ApiServices
{
    private const string RateLimit = "api";

    public static IServiceCollection AddApi(this IServiceCollection services, LoadedConfig config)
    {
        services.AddSingleton(config.Options.Api).AddSingleton<CallPlacer>().AddSingleton<IdempotencyStore>().AddSingleton<AgentReloader>();
        services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddRateLimiter(limiter => limiter.AddPolicy<string, ApiRateLimit>(RateLimit));
        return services.AddOpenApi(ApiDocument.Name, ApiDocument.Configure);
    }

    public static void MapApi(this IEndpointRouteBuilder routes, ApiOptions options)
    {
        if (!options.Enabled)
            return;
        RouteGroupBuilder api = routes.MapGroup(ApiPaths.Root).RequireRateLimiting(RateLimit).RequireCsrfToken()
            .WithMetadata(new RequestSizeLimitAttribute(options.MaxBodyKilobytes << 10));
        api.AddEndpointFilter(ApiBodyFilter.RunAsync);
        ((IEndpointConventionBuilder)api).Finally(ApiDocument.AddProblems);
        api.MapCalls();
        api.MapHistoryApi();
        api.MapAgents();
        api.MapDoNotCall();
        api.MapCampaigns(options);
        // It stands in the repository for everybody, too.
        routes.MapOpenApi($"{ApiPaths.Root}/openapi.json").AllowAnonymous();
    }
}
