using Microsoft.Extensions.AI;
using PhoneAgent.Inference.OpenAiCompatible;
using PhoneAgent.Inference.OpenAiCompatible.Chat;
using PhoneAgent.Testing.Contracts;
using PhoneAgent.Testing.Providers;
using Xunit;

namespace PhoneAgent.LoopbackTests.Inference.OpenAi;

public sealed class OpenAiChatContractTests : ChatClientContract, IAsyncLifetime
{
    private FakeOpenAiServer server = null!;

    public async Task InitializeAsync() => server = await FakeOpenAiServer.StartAsync();

    public Task DisposeAsync() => server.DisposeAsync().AsTask();

    protected override Task<IChatClient> CreateAsync(ChatScript script)
    {
        server.Answer("completions", script.ToWire());
        return Task.FromResult<IChatClient>(new OpenAiChatClient(new OpenAiChatOptions(new OpenAiServer("local", server.BaseUrl), "tiny-model"), TimeProvider.System));
    }
}
