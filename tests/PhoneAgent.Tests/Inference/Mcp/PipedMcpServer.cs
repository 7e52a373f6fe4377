using System.IO.Pipelines;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace PhoneAgent.Tests.Inference.Mcp;

internal enum ServerMood
{
    Answers,
    Refuses,
    SaysNothing,
}

/// <summary>A real MCP server in this process, over a pair of pipes for every connection.</summary>
internal sealed class PipedMcpServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<(McpServer Server, Pipe ToServer, Pipe ToClient, Task Run)> _connections = [];

    /// <summary>Connections so far, also those that found nobody.</summary>
    public int Attempts { get; private set; }

    /// <summary>What a new connection meets.</summary>
    public ServerMood Mood { get; set; }

    /// <summary>What the tool "slow" waits for.</summary>
    public TaskCompletionSource Slow { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource SlowIsCalled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IClientTransport Connect()
    {
        Attempts++;
        var (toServer, toClient) = (new Pipe(), new Pipe());
        if (Mood == ServerMood.Refuses)
        {
            toServer.Reader.Complete();
            toClient.Writer.Complete();
        }
        else if (Mood == ServerMood.Answers)
        {
            McpServer server = McpServer.Create(new StreamServerTransport(toServer.Reader.AsStream(), toClient.Writer.AsStream()), Options());
            _connections.Add((server, toServer, toClient, server.RunAsync(_stop.Token)));
        }
        return new StreamClientTransport(toServer.Writer.AsStream(), toClient.Reader.AsStream());
    }

    /// <summary>The connections break; new ones meet the <see cref="Mood"/>.</summary>
    public void Break()
    {
        foreach ((_, Pipe toServer, Pipe toClient, _) in _connections)
        {
            toServer.Reader.Complete();
            toClient.Writer.Complete();
        }
        _connections.Clear();
    }

    private McpServerOptions Options()
    {
        async Task<string> WaitAsync(CancellationToken cancellationToken)
        {
            SlowIsCalled.TrySetResult();
            await Slow.Task.WaitAsync(cancellationToken);
            return "done";
        }
        return new McpServerOptions
        {
            ServerInfo = new Implementation { Name = "test", Version = "1" },
            ToolCollection =
            [
                McpServerTool.Create((string text) => $"you said {text}", new() { Name = "echo", Description = "Says it again.", ReadOnly = true }),
                McpServerTool.Create((string day) => $"booked {day}", new() { Name = "book.day", Description = "Books.", Idempotent = true }),
                McpServerTool.Create(() => new string('x', 100_000), new() { Name = "huge" }),
                McpServerTool.Create(string () => throw new InvalidOperationException("secret"), new() { Name = "fail" }),
                McpServerTool.Create(WaitAsync, new() { Name = "slow" }),
            ],
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Break();
        _stop.Dispose();
    }
}
