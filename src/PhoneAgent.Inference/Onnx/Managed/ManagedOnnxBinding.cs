using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.Onnx.Managed;

/// <summary>
/// OrtValues over the tensors' own memory, bound once: a run copies nothing and allocates nothing, where handing over names
/// and values with each run would.
/// </summary>
internal sealed class ManagedOnnxBinding : IOnnxBinding
{
    private readonly InferenceSession session;
    private readonly string path;
    private readonly OnnxTensorSet tensors;
    private readonly RunOptions runOptions = new();
    private readonly OrtIoBinding binding;
    private readonly List<OrtValue> values = [];

    public ManagedOnnxBinding(InferenceSession session, string path, OnnxTensorSet tensors)
    {
        this.session = session;
        this.path = path;
        this.tensors = tensors;
        binding = session.CreateIoBinding();
        foreach (var tensor in tensors.Inputs)
            binding.BindInput(tensor.Info.Name, Keep(Wrap(tensor)));
        foreach (var tensor in tensors.Outputs)
            binding.BindOutput(tensor.Info.Name, Keep(Wrap(tensor)));
    }

    public OnnxTensor<T> Tensor<T>(string name) where T : unmanaged => tensors.Find<T>(name);

    public void Run()
    {
        try
        {
            session.RunWithBinding(runOptions, binding);
        }
        catch (OnnxRuntimeException e)
        {
            throw new EngineException($"A run of {path} failed: {e.Message}", e);
        }
    }

    public void Dispose()
    {
        binding.Dispose();
        foreach (var value in values)
            value.Dispose();
        runOptions.Dispose();
        tensors.Dispose();
    }

    private OrtValue Keep(OrtValue value)
    {
        values.Add(value);
        return value;
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
