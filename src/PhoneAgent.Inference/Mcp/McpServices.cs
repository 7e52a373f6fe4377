using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;

namespace PhoneAgent.Inference.Mcp;

public static class McpServices
{
    /// <summary>An <see cref="IToolSource"/> for every server; none connects before it is asked for its tools.</summary>
    public static IServiceCollection AddMcp(this IServiceCollection services, IEnumerable<McpServerDefinition> servers)
    {
        ArgumentNullException.ThrowIfNull(servers);
        foreach (McpServerDefinition server in servers)
            services.AddSingleton<IToolSource>(s => new McpToolSource(server, TimeProvider.System, s.GetRequiredService<ILoggerFactory>()));
        return services;
    }
}
