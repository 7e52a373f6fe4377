namespace PhoneAgent.Server.Dashboard;

/// <summary>The pages. They are rendered here; small modules in <c>wwwroot/js</c> keep them up to date.</summary>
internal static class DashboardEndpoints
{
    public static IServiceCollection AddDashboard(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddHttpContextAccessor();
        services.AddCascadingAuthenticationState();
        return services;
    }

    public static void MapDashboard(this IEndpointRouteBuilder routes)
    {
        routes.MapRazorComponents<App>();
    }
}
