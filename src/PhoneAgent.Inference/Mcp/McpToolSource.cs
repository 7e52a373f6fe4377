using Microsoft.Extensions.Logging;
using ModelContextProtocol.Client;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;

namespace PhoneAgent.Inference.Mcp;

/// <summary>The tools of one MCP server, over the official client (package ModelContextProtocol.Core).</summary>
public sealed partial class McpToolSource : IToolSource
{
    // All of them go to the model with every request; more are a list that was forgotten (tools).
    private const int MaxTools = 64;

    private readonly McpServerDefinition _server;
    private readonly McpConnection _connection;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public McpToolSource(McpServerDefinition server, TimeProvider time, ILoggerFactory loggers)
        : this(server, () => McpTransports.Create(server, loggers), time, loggers)
    {
    }

    internal McpToolSource(McpServerDefinition server, Func<IClientTransport> transport, TimeProvider time, ILoggerFactory loggers)
    {
        (_server, _time, _logger) = (server, time, loggers.CreateLogger<McpToolSource>());
        _connection = new McpConnection(server, transport, time, loggers);
    }

    public string Name => _server.Name;

    /// <summary>What a model calls a tool of a server: <c>server_tool</c>, within what every provider accepts.</summary>
    public static string NameOf(string server, string tool) => McpTool.NameOf(server, tool);

    /// <summary>Connects and asks. From then on the connection is kept until this is disposed.</summary>
    public async Task<IReadOnlyList<ITool>> FindAsync(CancellationToken cancellationToken)
    {
        McpClient client = await _connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        using var limit = new CancellationTokenSource(_server.ConnectTimeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        IList<McpClientTool> there;
        try
        {
            there = await client.ListToolsAsync(cancellationToken: both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            throw new EngineException($"The MCP server {Name} does not list its tools: {(e is OperationCanceledException ? $"no answer within {_server.ConnectTimeout.TotalSeconds:0.#} s" : e.Message)}", e);
        }
        return Choose(there);
    }

    private List<ITool> Choose(IList<McpClientTool> there)
    {
        foreach (string missing in _server.Tools.Concat(_server.ReadOnly).Distinct().Except(there.Select(tool => tool.ProtocolTool.Name)))
            Log.Missing(_logger, Name, missing, string.Join(", ", there.Select(tool => tool.ProtocolTool.Name).Take(MaxTools)));
        var tools = new Dictionary<string, ITool>(StringComparer.Ordinal);
        foreach (McpClientTool tool in there.Where(tool => _server.Tools.Count == 0 || _server.Tools.Contains(tool.ProtocolTool.Name)))
        {
            string name = tool.ProtocolTool.Name;
            if (tool.ProtocolTool.InputSchema.GetRawText().Length > McpTool.MaxSchemaLength)
                Log.LeftOut(_logger, Name, name, $"its schema is longer than {McpTool.MaxSchemaLength} characters");
            else if (tools.Count == MaxTools)
                Log.LeftOut(_logger, Name, name, $"a server may have {MaxTools}; name those you need under mcp.tools");
            else if (!tools.TryAdd(McpTool.NameOf(Name, name), new McpTool(_server, _connection, tool.ProtocolTool)))
                Log.LeftOut(_logger, Name, name, "another has the same name");
        }
        return [.. tools.Values];
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The MCP server {Server} has no tool {Tool} that the configuration names. It has: {There}")]
        public static partial void Missing(ILogger logger, string server, string tool, string there);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The tool {Tool} of the MCP server {Server} is left out: {Reason}")]
        public static partial void LeftOut(ILogger logger, string server, string tool, string reason);
    }
}
