using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Inference.OpenAiCompatible;
using PhoneAgent.Inference.OpenAiCompatible.Hearing;
using PhoneAgent.Testing.Contracts;
using PhoneAgent.Testing.Providers;
using Xunit;

namespace PhoneAgent.LoopbackTests.Inference.OpenAi;

public sealed class OpenAiRecognizerContractTests : SpeechRecognizerContract, IAsyncLifetime
{
    private FakeOpenAiServer server = null!;

    public async Task InitializeAsync()
    {
        server = await FakeOpenAiServer.StartAsync();
        server.Answer("transcriptions", WireSpeech.Transcribe);
    }

    public Task DisposeAsync() => server.DisposeAsync().AsTask();

    protected override ISpeechRecognizer Create() =>
        new OpenAiTranscriptionRecognizer(new OpenAiTranscriptionOptions(new OpenAiServer("local", server.BaseUrl), "whisper-1"), TimeProvider.System);

    protected override Task<short[]> SpeakAsync(string words) => Task.FromResult(ToneSpeech.Speak(words));
}
