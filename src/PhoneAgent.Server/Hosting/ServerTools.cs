using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;

namespace PhoneAgent.Server.Hosting;

/// <summary>
/// The tools of the servers that the configuration names. They are asked once, all at the same time, before the first call; one that
/// cannot be had is said in the log, and agents talk without its tools. Thread-safe.
/// </summary>
internal sealed partial class ServerTools(IEnumerable<IToolSource> sources, ILogger<ServerTools> logger) : IHostedService
{
    private volatile IReadOnlyDictionary<string, IReadOnlyList<ITool>> _tools = new Dictionary<string, IReadOnlyList<ITool>>();

    /// <summary>Asks every server; takes no longer than the slowest may take to connect.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        (string Name, IReadOnlyList<ITool> Tools)[] found = await Task.WhenAll(sources.Select(source => FindAsync(source, cancellationToken))).ConfigureAwait(false);
        _tools = found.ToDictionary(one => one.Name, one => one.Tools);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Empty for a server that could not be had, or that nobody has named.</summary>
    public IReadOnlyList<ITool> Of(string server) => _tools.GetValueOrDefault(server, []);

    private async Task<(string, IReadOnlyList<ITool>)> FindAsync(IToolSource source, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<ITool> tools = await source.FindAsync(cancellationToken).ConfigureAwait(false);
            Log.Found(logger, source.Name, tools.Count);
            return (source.Name, tools);
        }
        catch (EngineException e)
        {
            Log.Missing(logger, e.Message);
            return (source.Name, []);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "The MCP server {Server} has {Count} tools")]
        public static partial void Found(ILogger logger, string server, int count);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason} Agents talk without its tools until the next start")]
        public static partial void Missing(ILogger logger, string reason);
    }
}
