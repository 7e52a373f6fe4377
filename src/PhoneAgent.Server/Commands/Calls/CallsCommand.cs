using System.CommandLine;
using System.Data.Common;
using PhoneAgent.Campaigns;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Storage.Campaigns;
using PhoneAgent.Server.Storage.Database;
using PhoneAgent.Server.Storage.Retention;

namespace PhoneAgent.Server.Commands.Calls;

/// <summary><c>phoneagent calls</c>: the calls that are over, from the database of the configuration, also while servers run.</summary>
internal static class CallsCommand
{
    /// <param name="ask">Reads the answer to a question; the console's when absent.</param>
    public static Command Create(CommonOptions common, TimeProvider time, Func<string?>? ask = null)
    {
        var filters = new CallFilters(time);
        var id = new Argument<string>("call") { Description = "The call's id, as 'calls list' shows it." };
        var limit = new Option<int>("--limit", "-n") { Description = "At most so many.", DefaultValueFactory = _ => 50, HelpName = "calls" };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError("--limit: 1 or more is expected.");
        });
        var json = new Option<bool>("--json") { Description = "For programs: JSON instead of a table." };
        var everything = new Option<bool>("--all") { Description = "Also interim words, states and guesses in the timeline." };
        return new Command("calls", "The calls that are over: lists, shows, exports and deletes them.")
        {
            Leaf("list", "Calls, the newest first.", [.. filters.Options, limit, json],
                (result, tools, token) => CallListing.ListAsync(tools, filters.Of(result), result.GetValue(limit), result.GetValue(json), token)),
            Leaf("show", "One call: what is known of it, what was said, what happened.", [id, json, everything],
                (result, tools, token) => CallListing.ShowAsync(tools, result.GetValue(id)!, result.GetValue(json), result.GetValue(everything), token)),
            CallExport.Create(filters, Leaf),
            CallDeletion.Create(ask ?? Console.ReadLine, Leaf),
        };

        Command Leaf(string name, string description, IEnumerable<Symbol> symbols, Func<ParseResult, CallTools, CancellationToken, Task<int>> run) =>
            ConfiguredCommand.Create(name, description, common, symbols, (result, config, token) => RunAsync(result, config, time, run, token));
    }

    private static async Task<int> RunAsync(
        ParseResult result, LoadedConfig config, TimeProvider time, Func<ParseResult, CallTools, CancellationToken, Task<int>> run, CancellationToken cancellationToken)
    {
        await using ServiceProvider services = Setup.Services(config).AddSingleton(config).AddSingleton(time).AddStorage().AddCampaignStorage().BuildServiceProvider();
        await services.OpenStorageAsync(cancellationToken).ConfigureAwait(false);
        var tools = new CallTools(
            services.GetRequiredService<ICallStore>(), services.GetRequiredService<ICampaignStore>(), services.GetRequiredService<InTransit>(), services.GetRequiredService<SqlDatabase>().Place,
            result.InvocationConfiguration.Output, result.InvocationConfiguration.Error);
        try
        {
            return await run(result, tools, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or CampaignStoreException)
        {
            return tools.Refuse(e is DbException ? $"{tools.Place}: {e.Message}" : e.Message);
        }
    }
}

/// <summary>A subcommand of <c>calls</c>, by name, description, arguments and options, and what it does.</summary>
internal delegate Command CallLeaf(string name, string description, IEnumerable<Symbol> symbols, Func<ParseResult, CallTools, CancellationToken, Task<int>> run);

/// <summary>What the subcommands work with.</summary>
/// <param name="Place">Which database, for messages.</param>
internal sealed record CallTools(ICallStore Calls, ICampaignStore Campaigns, InTransit Transit, string Place, TextWriter Out, TextWriter Error)
{
    /// <summary>Says why not; the exit code.</summary>
    public int Refuse(string problem)
    {
        Error.WriteLine(problem);
        return 1;
    }

    public string NoCall(string id) => $"There is no call '{id}' in {Place} (storage). 'phoneagent calls list' shows those there are.";
}
