using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference.AzureSpeech;
using PhoneAgent.Testing.Contracts;

namespace PhoneAgent.Tests.Inference.AzureSpeech;

public sealed class AzureSynthesizerTests : SpeechSynthesizerContract
{
    private static readonly AzureSpeechOptions Options = new() { Key = "k", Region = "r" };

    protected override ISpeechSynthesizer Create() => new AzureSynthesizer(Options, new ToneSpeaking(Options));
}
