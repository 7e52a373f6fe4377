using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.Onnx.Managed;

/// <summary>OrtValues over the tensors' own memory: a run copies nothing.</summary>
internal sealed class ManagedOnnxBinding : IOnnxBinding
{
    private readonly InferenceSession session;
    private readonly string path;
    private readonly OnnxTensorSet tensors;
    private readonly RunOptions runOptions = new();
    private readonly string[] inputNames;
    private readonly string[] outputNames;
    private readonly OrtValue[] inputs;
    private readonly OrtValue[] outputs;

    public ManagedOnnxBinding(InferenceSession session, string path, OnnxTensorSet tensors)
    {
        this.session = session;
        this.path = path;
        this.tensors = tensors;
        inputNames = [.. tensors.Inputs.Select(t => t.Info.Name)];
        outputNames = [.. tensors.Outputs.Select(t => t.Info.Name)];
        inputs = [.. tensors.Inputs.Select(Wrap)];
        outputs = [.. tensors.Outputs.Select(Wrap)];
    }

    public OnnxTensor<T> Tensor<T>(string name) where T : unmanaged => tensors.Find<T>(name);

    public void Run()
    {
        try
        {
            session.Run(runOptions, inputNames, inputs, outputNames, outputs);
        }
        catch (OnnxRuntimeException e)
        {
            throw new EngineException($"A run of {path} failed: {e.Message}", e);
        }
    }

    public void Dispose()
    {
        foreach (var value in inputs.Concat(outputs))
            value.Dispose();
        runOptions.Dispose();
        tensors.Dispose();
    }

    internal static unsafe OrtValue Wrap(OnnxTensor tensor)
    {
        var type = tensor.Info.Type switch
        {
            OnnxElementType.F32 => TensorElementType.Float,
            OnnxElementType.I32 => TensorElementType.Int32,
            _ => TensorElementType.Int64,
        };
        return OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, type, tensor.Shape.Dimensions, (IntPtr)tensor.Pointer, (long)tensor.ByteLength);
    }
}
