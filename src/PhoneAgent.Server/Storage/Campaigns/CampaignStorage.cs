using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.DoNotCall;

namespace PhoneAgent.Server.Storage.Campaigns;

/// <summary>What campaigns need of the database.</summary>
internal static class CampaignStorage
{
    /// <summary>Needs the database and the time in the same container.</summary>
    public static IServiceCollection AddCampaignStorage(this IServiceCollection services) => services
        .AddSingleton<ICampaignStore, CampaignStore>()
        .AddSingleton<IDoNotCallList, DoNotCallStore>();
}
