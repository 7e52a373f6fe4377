using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection.Extensions;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Handover;

internal static class BriefServices
{
    /// <summary>What humans are told before they take a call. Needs the configuration and a clock; may be asked for more than once.</summary>
    public static IServiceCollection AddBriefs(this IServiceCollection services, LoadedConfig config)
    {
        HandoverOptions options = config.Options.Transfer;
        services.TryAddSingleton(s => new BriefLinks(options.BriefLinkLifetime, s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(s => new BriefWebhook(options.BriefWebhook, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<BriefWebhook>>()));
        services.TryAddSingleton(s => new BriefDesk(
            new Lazy<IChatClient?>(() => s.GetRequiredService<EngineSet>().Model), s.GetRequiredService<BriefLinks>(), s.GetRequiredService<BriefWebhook>(), config, s.GetRequiredService<TimeProvider>()));
        return services;
    }
}
