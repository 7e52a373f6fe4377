using PhoneAgent.Server.Storage.Database;

namespace PhoneAgent.Server.Storage.Calls;

/// <summary>Before any call: the key of redacted callers is the one of this database.</summary>
internal sealed partial class PartyKeyCheck(PartyKey parties, SqlDatabase database, ILogger<PartyKeyCheck> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!await parties.CheckAsync(database, cancellationToken).ConfigureAwait(false))
            Log.Missing(logger, parties.Place);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Callers who were redacted are not found by their number, nor deleted by it: {Place} is missing. Copy it from the machine that made it.")]
        public static partial void Missing(ILogger logger, string place);
    }
}
