using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Hosting;

/// <summary>Reads the agents' files again while calls go on. Thread-safe.</summary>
/// <param name="warmUp">Prepares what the new agents say and expect to hear; null where there are no engines.</param>
internal sealed partial class AgentReloader(LoadedConfig config, AgentDirectory agents, TimeProvider time, ILogger<AgentReloader> logger, EngineWarmUp? warmUp = null) : IDisposable
{
    private readonly HttpClient _client = new();
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>All that is wrong with the files as they are now; empty: nothing.</summary>
    public IReadOnlyList<ConfigProblem> Validate()
    {
        AgentDirectory.Load(config, _client, time, out IReadOnlyList<ConfigProblem> problems);
        return problems;
    }

    /// <summary>Takes the files as they are now for the calls to come. Nothing changes when something is wrong.</summary>
    /// <returns>All that is wrong; empty when it was done.</returns>
    public async Task<IReadOnlyList<ConfigProblem>> ReloadAsync(string user, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (AgentDirectory.Load(config, _client, time, out IReadOnlyList<ConfigProblem> problems) is not { } fresh)
                return problems;
            agents.TakeOver(fresh);
            Log.Reloaded(logger, user, fresh.All.Count);
            if (warmUp is not null)
                await warmUp.RunAsync(cancellationToken).ConfigureAwait(false);
            return [];
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _one.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{User} had the agents' files read again: {Agents} agents")]
        public static partial void Reloaded(ILogger logger, string user, int agents);
    }
}
