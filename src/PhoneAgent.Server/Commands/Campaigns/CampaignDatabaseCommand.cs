using System.CommandLine;
using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.DoNotCall;
using PhoneAgent.Server.Campaigns;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Campaigns;
using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Commands.Campaigns;

/// <summary>What commands on the campaigns' database have in common.</summary>
internal sealed record CampaignTools(ICampaignStore Store, IDoNotCallList DoNotCall, CampaignDesk Desk, TextWriter Out, TextWriter Error)
{
    /// <summary>Says what is wrong, or that it is done.</summary>
    public int Say(string? problem, string done)
    {
        (problem is null ? Out : Error).WriteLine(problem ?? done);
        return problem is null ? 0 : 1;
    }
}

internal static class CampaignDatabaseCommand
{
    /// <summary>A command that works on the database, beside servers that run.</summary>
    public static Command Leaf(string name, string description, CommonOptions common, IEnumerable<Symbol> symbols, Func<ParseResult, CampaignTools, CancellationToken, Task<int>> run) =>
        ConfiguredCommand.Create(name, description, common, symbols, async (result, config, cancellationToken) =>
        {
            await using SqlDatabase database = DatabaseServices.Create(config);
            await database.MigrateAsync(Schema.All, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            var store = new CampaignStore(database, TimeProvider.System);
            var tools = new CampaignTools(store, new DoNotCallStore(database, TimeProvider.System), new CampaignDesk(store, config, TimeProvider.System),
                result.InvocationConfiguration.Output, result.InvocationConfiguration.Error);
            try
            {
                return await run(result, tools, cancellationToken).ConfigureAwait(false);
            }
            catch (CampaignStoreException e)
            {
                tools.Error.WriteLine(e.Message);
                return 1;
            }
        });
}
