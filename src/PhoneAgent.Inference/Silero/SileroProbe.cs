using PhoneAgent.Conversation;
using PhoneAgent.Inference.Onnx;

namespace PhoneAgent.Inference.Silero;

/// <summary>Loads the model.</summary>
public sealed class SileroProbe(SileroOptions options, OnnxOptions onnxOptions) : IEngineProbe
{
    public string Name => "silero";

    public ValueTask<EngineStatus> ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var runtime = OnnxServices.CreateRuntime(onnxOptions);
            using var detector = new SileroVoiceDetector(runtime, options with { Batch = false });
            return new(EngineStatus.Ok($"Silero VAD loads from {options.ModelPath}."));
        }
        catch (EngineException e)
        {
            return new(EngineStatus.Missing(e.Message));
        }
    }
}
