using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Dialing;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Campaigns;

namespace PhoneAgent.Server.Campaigns;

/// <summary>Campaigns are dialled by this server.</summary>
internal static class CampaignServices
{
    /// <summary>Needs the database, the line and the calls in the same container.</summary>
    public static IServiceCollection AddCampaigns(this IServiceCollection services) => services
        .AddSingleton<ContactWishes>()
        .AddSingleton<CampaignCaller>()
        .AddSingleton(Create)
        .AddHostedService<CampaignService>();

    /// <summary>What the pages need; beside the database also where nothing is dialled.</summary>
    public static IServiceCollection AddCampaignPages(this IServiceCollection services) => services
        .AddCampaignStorage()
        .AddSingleton<CampaignDesk>();

    /// <summary>A name that no run of a process had before: what a run held that died must not be taken for ours.</summary>
    internal static string NodeName(DialerOptions options, TimeProvider time) =>
        $"{options.Node ?? Environment.MachineName}-{Environment.ProcessId}-{Guid.CreateVersion7(time.GetUtcNow()).ToString("N")[..12]}";

    private static Dialer Create(IServiceProvider services)
    {
        var config = services.GetRequiredService<LoadedConfig>();
        var time = services.GetRequiredService<TimeProvider>();
        DialerOptions options = config.Options.Campaigns with { Folder = config.PathOf(config.Options.Campaigns.Folder) };
        return new Dialer(services.GetRequiredService<ICampaignStore>(), services.GetRequiredService<CampaignCaller>(), options, NodeName(options, time), time, services.GetRequiredService<ILogger<Dialer>>());
    }
}
