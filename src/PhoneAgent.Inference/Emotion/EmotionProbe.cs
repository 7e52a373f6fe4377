using PhoneAgent.Conversation;
using PhoneAgent.Inference.Onnx;

namespace PhoneAgent.Inference.Emotion;

/// <summary>Loads the classifier and lets it judge silence-shaped input once.</summary>
public sealed class EmotionProbe(EmotionModelOptions options, OnnxOptions onnxOptions) : IEngineProbe
{
    public string Name => "emotion";

    public ValueTask<EngineStatus> ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var runtime = OnnxServices.CreateRuntime(onnxOptions);
            using var classifier = new EmotionClassifier(runtime, options);
            return new(EngineStatus.Ok($"{classifier.Name} hears {string.Join(", ", classifier.Description.Labels.Distinct())} ({options.ModelPath})."));
        }
        catch (EngineException e)
        {
            return new(EngineStatus.Missing($"{e.Message} Until then callers are judged by words and behaviour. Set emotion.model to the classifier that is wanted, or emotion.enabled to false."));
        }
    }
}
