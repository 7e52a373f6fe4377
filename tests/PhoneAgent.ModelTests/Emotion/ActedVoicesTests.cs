using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Inference.Emotion;
using PhoneAgent.Inference.Onnx;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.ModelTests.Emotion;

/// <summary>
/// Recordings that the shipped network was trained on, through the classifier as a call uses it. This says nothing about how good
/// the network is (<c>models/emotion/README.md</c> does), but a channel, a scale or a label that is not the training's shows here.
/// </summary>
public sealed class ActedVoicesTests
{
    private const int Clips = 20;

    [RequiresTheory(Shared = "data/emotion/labels.csv")]
    [InlineData("anger", "frustrated", 0.7)]
    [InlineData("neutral", "neutral", 0.7)]
    [InlineData("happiness", "happy", 0.6)]
    public async Task Are_heard_as_they_were_acted(string emotion, string label, double least)
    {
        if (new RequiresOnnxLibraryAttribute().SkipReason is not null)
            return; // said by the other tests of the network
        var heard = new List<string>();
        using IOnnxRuntime runtime = OnnxServices.CreateRuntime(new OnnxOptions());
        using var classifier = new EmotionClassifier(runtime, new EmotionModelOptions { ModelPath = ShippedEmotionModelTests.ModelPath });
        foreach (string file in Files(emotion))
        {
            using IEmotionStream stream = classifier.Open("de-DE");
            short[] voice = Voices.Recorded($"data/emotion/{file}");
            for (int at = 0; at + AudioFormat.FrameSamples <= voice.Length; at += AudioFormat.FrameSamples)
                stream.Push(voice.AsSpan(at, AudioFormat.FrameSamples));
            heard.Add((await stream.FinishAsync(CancellationToken.None)).Label);
        }
        Assert.True(heard.Count(l => l == label) >= least * heard.Count, string.Join(" ", heard));
        if (emotion == "neutral")
            Assert.DoesNotContain("frustrated", heard);
    }

    private static IEnumerable<string> Files(string emotion) =>
        File.ReadLines(SharedData.Require("data/emotion/labels.csv")).Select(line => line.Split(','))
            .Where(fields => fields[4] == emotion).Select(fields => fields[0]).Take(Clips);
}
