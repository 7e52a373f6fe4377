using PhoneAgent.Conversation.Providers;
using PhoneAgent.Inference;
using PhoneAgent.Inference.OpenAiCompatible;
using PhoneAgent.Inference.OpenAiCompatible.Chat;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Providers;
using Xunit;

namespace PhoneAgent.LoopbackTests.Inference.OpenAi;

public sealed class OpenAiProbeTests : OpenAiTest
{
    [Theory]
    [InlineData("tiny-model", EngineHealth.Ok, "has 'tiny-model'")]
    [InlineData("llama3.2", EngineHealth.Ok, "has 'llama3.2'")]
    [InlineData("other", EngineHealth.Degraded, "tiny-model, llama3.2:latest")]
    public async Task TheModelIsLookedUp(string model, EngineHealth health, string said)
    {
        Server.Answer("models", WireAnswers.Models("tiny-model", "llama3.2:latest"));
        await AssertAsync(model, health, said);
        Assert.Equal("/v1/models", Server.Requests[0].Target);
    }

    [Fact]
    public async Task WhatIsWrongIsSaid()
    {
        Server.Answer("models", Refusal("404"));
        await AssertAsync("m", EngineHealth.Degraded, "no list of models");
        Server.Answer("models", Refusal("401"));
        await AssertAsync("m", EngineHealth.Missing, "api_key");
        Server.Answer("models", Refusal("500"));
        await AssertAsync("m", EngineHealth.Missing, "overloaded");
        Server.Answer("models", Refusal("web page"));
        await AssertAsync("m", EngineHealth.Missing, "base_url");
        Server.Answer("models", WireAnswers.Text("application/json", """{"object":"list","data":null}"""));
        await AssertAsync("m", EngineHealth.Degraded, "(none)");
        Server.Answer("models", WireAnswers.Bytes("application/json", new byte[5 << 20]));
        await AssertAsync("m", EngineHealth.Missing, "more than");
        var gone = await new OpenAiProbe(new OpenAiServer("gone", ClosedPort()), "m", TimeProvider.System).ProbeAsync(CancellationToken.None);
        Assert.Equal(EngineHealth.Missing, gone.Health);
    }

    [Fact]
    public async Task ASilentServerIsNotWaitedForLong()
    {
        Server.Answer("models", WireAnswers.Never);
        var time = new VirtualTime();
        Task<EngineStatus> probing = new OpenAiProbe(Provider, "m", time).ProbeAsync(CancellationToken.None).AsTask();
        await ArrivedAsync();
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Contains("within 5 s", (await probing.WaitAsync(Patience)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WarmingUpUsesTheSameKey()
    {
        using var client = new OpenAiChatClient(new OpenAiChatOptions(Provider, "m"), TimeProvider.System);
        await client.WarmUpAsync(CancellationToken.None);
        Assert.Equal($"Bearer {Key}", Assert.Single(Server.Requests).Headers["Authorization"]);
        Server.Answer("models", Refusal("401"));
        Assert.Equal(ProviderFailureKind.Unauthorized, (await Assert.ThrowsAsync<ProviderException>(() => client.WarmUpAsync(CancellationToken.None))).Kind);
    }

    private async Task AssertAsync(string model, EngineHealth health, string said)
    {
        EngineStatus status = await new OpenAiProbe(Provider, model, TimeProvider.System).ProbeAsync(CancellationToken.None);
        Assert.Equal(health, status.Health);
        Assert.Contains(said, status.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, status.Message, StringComparison.Ordinal);
    }
}
