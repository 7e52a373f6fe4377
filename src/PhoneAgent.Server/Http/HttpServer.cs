using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using PhoneAgent.Server.Api;
using PhoneAgent.Server.BrowserVoice;
using PhoneAgent.Server.Campaigns;
using PhoneAgent.Server.Dashboard;
using PhoneAgent.Server.Handover;
using PhoneAgent.Server.History;
using PhoneAgent.Server.Http.Security;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Supervision;
using PhoneAgent.Server.SystemHealth;

namespace PhoneAgent.Server.Http;

/// <summary>The HTTP side of <c>phoneagent serve</c>: its services, its middleware in order, its areas.</summary>
internal static class HttpServer
{
    // A page or an API call; an area that needs more says so itself.
    private const long MaxBody = 1 << 20;
    private const int MaxConnections = 2_000;

    /// <summary>Needs calls, agents and the configuration in the same container.</summary>
    public static WebApplicationBuilder AddHttp(this WebApplicationBuilder builder, LoadedConfig config)
    {
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBody;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.MaxConcurrentUpgradedConnections = MaxConnections;
            Listen(kestrel, config);
        });
        builder.Services.AddRouting();
        builder.Services.AddSecurity(config);
        builder.Services.AddDashboard();
        builder.Services.AddSupervision();
        builder.Services.AddBriefs(config);
        builder.Services.AddSystemHealth();
        builder.Services.AddCampaignPages();
        builder.Services.AddApi(config);
        return builder;
    }

    /// <summary>Middleware from the outside to the inside, then the areas.</summary>
    public static WebApplication UseHttp(this WebApplication app)
    {
        app.UseTrustedProxies(app.Services.GetRequiredService<LoadedConfig>().Options.Http);
        app.Use(SecurityHeaders.AddAsync);
        app.Use(SecurityHeaders.CatchAsync);
        app.Use(app.Services.GetRequiredService<HostNames>().RefuseOthersAsync);
        app.UseStatusCodePages(StatusPages.WriteAsync);
        app.UseWebSockets();
        app.UseRouting();
        app.Use(ApiPaths.CatchAsync);
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.Use(Idempotency.RunAsync);
        app.MapHealth();
        app.MapAssets();
        app.MapLogin();
        app.MapBriefs();
        app.MapAccess();
        app.MapDashboard();
        app.MapBrowserVoice();
        app.MapSupervision();
        app.MapHistory();
        app.MapCampaigns();
        app.MapSystemHealth();
        app.MapApi(app.Services.GetRequiredService<LoadedConfig>().Options.Api);
        return app;
    }

    private static void Listen(KestrelServerOptions kestrel, LoadedConfig config)
    {
        HttpServerOptions http = config.Options.Http;
        foreach (HttpListenOptions listen in http.Listen)
        {
            kestrel.Listen(new IPEndPoint(IPAddress.Parse(listen.Address), listen.Port), endPoint =>
            {
                if (listen.IsTls)
                    endPoint.UseHttps(HttpCertificate.Load(http.Tls, config));
            });
        }
    }
}
