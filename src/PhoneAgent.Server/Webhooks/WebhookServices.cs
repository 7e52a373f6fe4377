using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Storage.Calls;

namespace PhoneAgent.Server.Webhooks;

internal static class WebhookServices
{
    /// <summary>Tells other systems of calls. Needs the configuration, a clock and the database; started after it.</summary>
    public static IServiceCollection AddWebhooks(this IServiceCollection services) => services
        .AddSingleton<WebhookOutbox>()
        .AddSingleton<WebhookDesk>()
        .AddSingleton<ICallWatcher>(s => s.GetRequiredService<WebhookDesk>())
        .AddSingleton<INodeHeir>(s => s.GetRequiredService<WebhookDesk>())
        .AddHostedService(s => s.GetRequiredService<WebhookDesk>());
}
