using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;
using PhoneAgent.Inference.Mcp;

namespace PhoneAgent.Server.Doctor;

/// <summary>Does every MCP server answer, and has it the tools that the configuration names?</summary>
internal static class McpCheck
{
    private const string Area = "mcp";

    public static async Task<IReadOnlyList<CheckResult>> RunAsync(IEnumerable<McpServerDefinition> servers, TimeProvider time, CancellationToken cancellationToken)
    {
        // One that is not valid is a problem of the configuration, which is said there.
        CheckResult[][] results = await Task.WhenAll(servers.Where(server => !server.Check().Any()).Select(server => CheckAsync(server, time, cancellationToken))).ConfigureAwait(false);
        return [.. results.SelectMany(result => result)];
    }

    private static async Task<CheckResult[]> CheckAsync(McpServerDefinition server, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            var source = new McpToolSource(server, time, NullLoggerFactory.Instance);
            await using (source.ConfigureAwait(false))
                return Describe(server, await source.FindAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (EngineException e)
        {
            return [CheckResult.Warn(Area, e.Message, "Agents talk without its tools. Start it, or mend its entry under mcp.")];
        }
    }

    private static CheckResult[] Describe(McpServerDefinition server, IReadOnlyList<ITool> tools)
    {
        string[] missing = [.. server.Tools.Where(name => tools.All(tool => tool.Name != McpToolSource.NameOf(server.Name, name)))];
        string names = string.Join(", ", tools.Select(tool => tool.HasSideEffect ? $"{tool.Name} (has effects)" : tool.Name));
        CheckResult found = CheckResult.Ok(Area, $"{server.Name}: {(tools.Count == 0 ? "no tools" : names)}");
        return missing.Length == 0
            ? [found]
            : [found, CheckResult.Warn(Area, $"{server.Name} has no tool {string.Join(", ", missing)}", "Mend mcp.tools of this server.")];
    }
}
