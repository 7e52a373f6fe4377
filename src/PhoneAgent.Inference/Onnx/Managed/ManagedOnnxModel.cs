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

    public float[] Run(string output, IReadOnlyList<OnnxInput> inputs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        cancellationToken.ThrowIfCancellationRequested();
        OnnxInput.CheckOutput(this, output);
        var tensors = OnnxInput.CreateAll(this, inputs);
        var values = new List<OrtValue>();
        try
        {
            values.AddRange(tensors.Select(ManagedOnnxBinding.Wrap));
            using var options = new RunOptions();
            using var stop = cancellationToken.Register(() => options.Terminate = true);
            using var results = session.Run(options, [.. tensors.Select(tensor => tensor.Info.Name)], values, [output]);
            return results[0].GetTensorDataAsSpan<float>().ToArray();
        }
        catch (OnnxRuntimeException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new EngineException($"A run of {Path} failed: {e.Message}", e);
        }
        finally
        {
            values.ForEach(value => value.Dispose());
            foreach (var tensor in tensors)
                tensor.Dispose();
        }
    }

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
