using Microsoft.Extensions.Logging;
using ModelContextProtocol.Client;
using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.Mcp;

/// <summary>
/// Keeps one connection to a server: when it is lost, a loop opens it again, with growing pauses. Who needs it meanwhile learns at once
/// that it is not there, rather than to wait. Thread-safe.
/// </summary>
internal sealed partial class McpConnection(McpServerDefinition server, Func<IClientTransport> transport, TimeProvider time, ILoggerFactory loggers) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly ILogger _logger = loggers.CreateLogger<McpConnection>();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private volatile Session? _session;
    private Task _loop = Task.CompletedTask;
    private bool _disposed;

    private sealed record Session(McpClient Client)
    {
        public TaskCompletionSource Lost { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>The client of the running connection; null while there is none.</summary>
    public McpClient? Client => _session?.Client;

    /// <summary>Connects for the first time, and keeps the connection from then on. Called once.</summary>
    /// <exception cref="EngineException">It cannot be had; nothing is kept.</exception>
    public async Task<McpClient> OpenAsync(CancellationToken cancellationToken)
    {
        Session session = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        bool disposed;
        lock (_lock)
        {
            disposed = _disposed;
            if (!disposed)
            {
                _session = session;
                _loop = Task.Run(() => KeepAsync(session), CancellationToken.None);
            }
        }
        if (!disposed)
            return session.Client;
        await session.Client.DisposeAsync().ConfigureAwait(false);
        throw new EngineException($"The MCP server {server.Name} is not used any more.");
    }

    /// <summary>A request failed on its way: the connection is made anew.</summary>
    public void Lost(McpClient client)
    {
        if (_session is { } session && session.Client == client)
            session.Lost.TrySetResult();
    }

    private async Task KeepAsync(Session? session)
    {
        TimeSpan pause = FirstPause;
        while (!_stop.IsCancellationRequested)
        {
            if (session is not null)
            {
                await Task.WhenAny(session.Client.Completion, session.Lost.Task, _stopped.Task).ConfigureAwait(false);
                _session = null;
                await CloseAsync(session.Client).ConfigureAwait(false);
                if (_stop.IsCancellationRequested)
                    return;
                Log.Lost(_logger, server.Name, pause.TotalSeconds);
            }
            session = await TryAgainAsync(pause).ConfigureAwait(false);
            _session = session;
            pause = session is not null ? FirstPause : pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
        if (session is not null)
            await CloseAsync(session.Client).ConfigureAwait(false);
    }

    private async Task<Session?> TryAgainAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, time, _stop.Token).ConfigureAwait(false);
            Session session = await ConnectAsync(_stop.Token).ConfigureAwait(false);
            Log.Again(_logger, server.Name);
            return session;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return null;
        }
        catch (EngineException e)
        {
            Log.StillGone(_logger, e.Message);
            return null;
        }
    }

    private async Task<Session> ConnectAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(server.ConnectTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            var options = new McpClientOptions { ClientInfo = new() { Name = "phoneagent", Version = "1" }, InitializationTimeout = server.ConnectTimeout };
            return new Session(await McpClient.CreateAsync(transport(), options, loggers, both.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException e)
        {
            throw new EngineException($"The MCP server {server.Name} did not answer within {server.ConnectTimeout.TotalSeconds:0.#} s ({Where}).", e);
        }
        catch (Exception e)
        {
            // A program that is not there, an address that refuses, an answer that is none: the library has many types for it, and the
            // innermost says what it is.
            throw new EngineException($"The MCP server {server.Name} cannot be reached ({Where}): {e.GetBaseException().Message}", e);
        }
    }

    private string Where => server.Url ?? server.Command ?? "";

    private async Task CloseAsync(McpClient client)
    {
        try
        {
            await client.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // It is given up in any case.
            Log.NotClosed(_logger, server.Name, e.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
        }
        _stopped.TrySetResult();
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The connection to the MCP server {Server} is lost; its tools fail until it is back. Tried again in {Seconds:0.#} s")]
        public static partial void Lost(ILogger logger, string server, double seconds);

        [LoggerMessage(Level = LogLevel.Information, Message = "The MCP server {Server} is back")]
        public static partial void Again(ILogger logger, string server);

        [LoggerMessage(Level = LogLevel.Debug, Message = "{Reason}")]
        public static partial void StillGone(ILogger logger, string reason);

        [LoggerMessage(Level = LogLevel.Debug, Message = "The connection to the MCP server {Server} did not close well: {Reason}")]
        public static partial void NotClosed(ILogger logger, string server, string reason);
    }
}
