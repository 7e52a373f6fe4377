using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.Onnx;

/// <summary>Starts the runtime.</summary>
public sealed class OnnxProbe(OnnxOptions options) : IEngineProbe
{
    public string Name => "onnx";

    public ValueTask<EngineStatus> ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var runtime = OnnxServices.CreateRuntime(options);
            return new(EngineStatus.Ok($"{runtime.Name}."));
        }
        catch (EngineException e)
        {
            return new(EngineStatus.Missing(e.Message));
        }
    }
}
