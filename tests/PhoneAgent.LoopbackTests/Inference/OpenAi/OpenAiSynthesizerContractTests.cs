using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference.OpenAiCompatible;
using PhoneAgent.Inference.OpenAiCompatible.Speaking;
using PhoneAgent.Testing.Contracts;
using PhoneAgent.Testing.Providers;
using Xunit;

namespace PhoneAgent.LoopbackTests.Inference.OpenAi;

public class OpenAiSynthesizerContractTests : SpeechSynthesizerContract, IAsyncLifetime
{
    private FakeOpenAiServer server = null!;

    public async Task InitializeAsync()
    {
        server = await FakeOpenAiServer.StartAsync();
        server.Answer("speech", WireSpeech.Speak);
    }

    public Task DisposeAsync() => server.DisposeAsync().AsTask();

    protected virtual SpeechFormat Format => SpeechFormat.Pcm;

    protected override ISpeechSynthesizer Create() =>
        new OpenAiSpeechSynthesizer(new OpenAiSpeechOptions(new OpenAiServer("local", server.BaseUrl), "tts-1", "alloy") { Format = Format }, TimeProvider.System);
}

public sealed class OpenAiWavSynthesizerContractTests : OpenAiSynthesizerContractTests
{
    protected override SpeechFormat Format => SpeechFormat.Wav;
}
