using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;

namespace PhoneAgent.Inference.Mcp;

/// <summary>A tool of a server as the dialogue knows tools.</summary>
internal sealed class McpTool : ITool
{
    private const int MaxNameLength = 64;
    private const int MaxDescriptionLength = 1_024;

    /// <summary>A schema goes to the model with every request.</summary>
    public const int MaxSchemaLength = 16 * 1024;

    private readonly McpServerDefinition _server;
    private readonly McpConnection _connection;
    private readonly string _nameThere;

    public McpTool(McpServerDefinition server, McpConnection connection, Tool tool)
    {
        (_server, _connection, _nameThere) = (server, connection, tool.Name);
        Name = NameOf(server.Name, tool.Name);
        string description = tool.Description ?? tool.Title ?? "";
        Description = description.Length <= MaxDescriptionLength ? description : description[..MaxDescriptionLength];
        Schema = tool.InputSchema;
        HasSideEffect = !server.ReadOnly.Contains(tool.Name) && tool.Annotations?.ReadOnlyHint != true;
        IsIdempotent = !HasSideEffect || tool.Annotations?.IdempotentHint == true;
    }

    public string Name { get; }
    public string Description { get; }
    public JsonElement Schema { get; }
    public bool HasSideEffect { get; }
    public bool IsIdempotent { get; }
    public TimeSpan Timeout => _server.Timeout;

    /// <summary><c>server_tool</c>, within what every provider of models accepts as a name.</summary>
    public static string NameOf(string server, string tool)
    {
        string name = string.Concat($"{server}_{tool}".Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_'));
        if (name.Length <= MaxNameLength)
            return name;
        // Two long names that begin alike stay two.
        string mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..8];
        return $"{name[..(MaxNameLength - mark.Length - 1)]}_{mark}";
    }

    public async Task<ToolResult> CallAsync(JsonElement arguments, ToolContext context, CancellationToken cancellationToken)
    {
        if (_connection.Client is not { } client)
            return ToolResult.Failed($"The service {_server.Name} cannot be reached at the moment.");
        try
        {
            var named = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            foreach (JsonProperty argument in arguments.EnumerateObject())
                named[argument.Name] = argument.Value;
            var request = new CallToolRequestParams { Name = _nameThere, Arguments = named };
            CallToolResult result = await client.CallToolAsync(request, cancellationToken).ConfigureAwait(false);
            string text = McpText.Of(result);
            return result.IsError == true ? ToolResult.Failed(text) : ToolResult.Ok(text);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (McpException e)
        {
            // The server answered, with an error.
            return ToolResult.Failed(e.Message);
        }
        catch (Exception e)
        {
            // Whatever else goes wrong, it was on the way.
            _connection.Lost(client);
            return ToolResult.Failed($"The service {_server.Name} failed: {e.Message}", mayPass: true);
        }
    }
}
