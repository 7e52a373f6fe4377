using Microsoft.ML.OnnxRuntime;
using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.Onnx.Managed;

internal sealed class ManagedOnnxModel : IOnnxModel
{
    private readonly InferenceSession session;

    public ManagedOnnxModel(string path, int threads)
    {
        Path = path;
        using var options = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        try
        {
            session = new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new EngineException($"{path} is no model that can be run: {e.Message}", e);
        }
        Inputs = [.. session.InputNames.Select(name => Describe(name, session.InputMetadata[name]))];
        Outputs = [.. session.OutputNames.Select(name => Describe(name, session.OutputMetadata[name]))];
    }

    public string Path { get; }

    public IReadOnlyList<OnnxTensorInfo> Inputs { get; }

    public IReadOnlyList<OnnxTensorInfo> Outputs { get; }

    public IOnnxBinding Bind(params ReadOnlySpan<OnnxShape> shapes) =>
        new ManagedOnnxBinding(session, Path, new OnnxTensorSet(this, shapes));

    public void Dispose() => session.Dispose();

    private static OnnxTensorInfo Describe(string name, NodeMetadata metadata)
    {
        if (!metadata.IsTensor)
            return new OnnxTensorInfo(name, OnnxElementType.Other, []);
        var type = metadata.ElementType == typeof(float) ? OnnxElementType.F32
            : metadata.ElementType == typeof(int) ? OnnxElementType.I32
            : metadata.ElementType == typeof(long) ? OnnxElementType.I64
            : OnnxElementType.Other;
        return new OnnxTensorInfo(name, type, [.. metadata.Dimensions.Select(d => (long)d)]);
    }
}
