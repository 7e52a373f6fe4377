using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;
using PhoneAgent.Server.Hosting;
using Xunit;

namespace PhoneAgent.Tests.Server.Hosting;

public sealed class ServerToolsTests
{
    [Fact]
    public async Task AServerThatCannotBeHadLacksItsToolsOnly()
    {
        var tools = new ServerTools([new Source("gone", null), new Source("crm", [new Tool("crm_find")])], NullLogger<ServerTools>.Instance);
        Assert.Empty(tools.Of("crm"));

        await tools.StartAsync(default);

        Assert.Equal("crm_find", Assert.Single(tools.Of("crm")).Name);
        Assert.Empty(tools.Of("gone"));
        Assert.Empty(tools.Of("nobody"));
    }

    private sealed class Source(string name, IReadOnlyList<ITool>? tools) : IToolSource
    {
        public string Name => name;

        public Task<IReadOnlyList<ITool>> FindAsync(CancellationToken cancellationToken) =>
            tools is null ? Task.FromException<IReadOnlyList<ITool>>(new EngineException("It is gone.")) : Task.FromResult(tools);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Tool(string name) : ITool
    {
        public string Name => name;
        public string Description => "";
        public JsonElement Schema { get; } = JsonElement.Parse("{}");
        public bool HasSideEffect => false;
        public bool IsIdempotent => true;
        public TimeSpan Timeout => TimeSpan.FromSeconds(1);

        public Task<ToolResult> CallAsync(JsonElement arguments, ToolContext context, CancellationToken cancellationToken) => Task.FromResult(ToolResult.Ok(""));
    }
}
