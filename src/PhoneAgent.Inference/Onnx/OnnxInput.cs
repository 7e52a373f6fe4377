using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.Onnx;

/// <summary>An input of one <see cref="IOnnxModel.Run"/>: its values, row-major, and their shape.</summary>
public sealed class OnnxInput
{
    private readonly Action<OnnxTensor> copy;

    private OnnxInput(OnnxShape shape, Action<OnnxTensor> copy) => (Shape, this.copy) = (shape, copy);

    public OnnxShape Shape { get; }

    public static OnnxInput Of<T>(string name, T[] values, params long[] dimensions) where T : unmanaged =>
        new(new OnnxShape(name, dimensions), tensor =>
        {
            if (tensor is not OnnxTensor<T> typed)
                throw new EngineException($"The model's tensor {tensor.Info} is not of {typeof(T).Name}.");
            if (typed.Length != values.Length)
                throw new EngineException($"{values.Length} values do not fill {tensor.Shape}.");
            values.CopyTo(typed.Values);
        });

    /// <summary>Native tensors of all inputs in the model's order; the caller disposes them.</summary>
    /// <exception cref="EngineException">One is missing, unknown, or does not fit.</exception>
    internal static OnnxTensor[] CreateAll(IOnnxModel model, IReadOnlyList<OnnxInput> inputs)
    {
        var tensors = new List<OnnxTensor>();
        try
        {
            foreach (var info in model.Inputs)
            {
                var input = inputs.FirstOrDefault(i => i.Shape.Name == info.Name)
                    ?? throw new EngineException($"{model.Path}: the tensor {info} is given no values.");
                tensors.Add(OnnxTensor.Create(info, input.Shape));
                input.copy(tensors[^1]);
            }
            if (inputs.Count > tensors.Count)
                throw new EngineException($"{model.Path} has other inputs than {string.Join(", ", inputs.Select(i => i.Shape.Name))}; it has {OnnxTensorSet.Describe(model)}.");
            return [.. tensors];
        }
        catch
        {
            tensors.ForEach(tensor => tensor.Dispose());
            throw;
        }
    }

    /// <exception cref="EngineException">The model has no such output, or it is not float.</exception>
    internal static void CheckOutput(IOnnxModel model, string output)
    {
        if (!model.Outputs.Any(o => o.Name == output && o.Type == OnnxElementType.F32))
            throw new EngineException($"{model.Path} has no float output '{output}'; it has {OnnxTensorSet.Describe(model)}.");
    }
}
