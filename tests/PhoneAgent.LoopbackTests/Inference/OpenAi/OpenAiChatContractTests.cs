using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Inference.OpenAiCompatible;
using PhoneAgent.Inference.OpenAiCompatible.Chat;
using PhoneAgent.Testing.Contracts;
using PhoneAgent.Testing.Providers;
using Xunit;

namespace PhoneAgent.LoopbackTests.Inference.OpenAi;

public class OpenAiChatContractTests : ChatClientContract, IAsyncLifetime
{
    private FakeOpenAiServer server = null!;

    public async Task InitializeAsync() => server = await FakeOpenAiServer.StartAsync();

    public Task DisposeAsync() => server.DisposeAsync().AsTask();

    protected override Task<IChatClient> CreateAsync(ChatScript script)
    {
        server.Answer("completions", script.ToWire());
        return Task.FromResult(Create());
    }

    protected virtual IChatClient Create() => new OpenAiChatClient(new OpenAiChatOptions(new OpenAiServer("local", server.BaseUrl), "tiny-model"), TimeProvider.System);
}

/// <summary>A chain promises what its members do.</summary>
public sealed class ChainedChatContractTests : OpenAiChatContractTests
{
    protected override IChatClient Create()
    {
        var circuit = new ProviderCircuit("llm", "local", new CircuitOptions(), TimeProvider.System, NullLogger.Instance);
        return new ChatChain([new ChainMember<IChatClient>("local", base.Create(), circuit)], new ChainOptions(), TimeProvider.System);
    }
}
