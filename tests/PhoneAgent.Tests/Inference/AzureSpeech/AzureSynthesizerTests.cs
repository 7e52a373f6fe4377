using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference.AzureSpeech;
using PhoneAgent.Testing.Contracts;
using Xunit;

namespace PhoneAgent.Tests.Inference.AzureSpeech;

public sealed class AzureSynthesizerTests : SpeechSynthesizerContract
{
    private static readonly AzureSpeechOptions Options = new() { Region = "r" };

    protected override ISpeechSynthesizer Create() => new AzureSynthesizer(Options, new ToneSpeaking(Options));

    [Fact]
    public async Task TheSilenceBeforeTheFirstWordIsCutAndTheMarksMoveWithIt()
    {
        await using var voice = Create();
        var (samples, words) = await SpeakAsync(voice, new SynthesisRequest("Good morning."));
        Assert.InRange(samples.Take(200).Max(), 100, 9_000);
        Assert.Equal([0, 5], words.Select(word => word.TextOffset));
        Assert.InRange(words[0].SampleOffset, 0, 200);
        Assert.InRange(words[1].SampleOffset, 0.3 * AudioFormat.SampleRate, 0.3 * AudioFormat.SampleRate + 200);
    }
}
