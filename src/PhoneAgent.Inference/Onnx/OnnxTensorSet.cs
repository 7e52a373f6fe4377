using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.Onnx;

/// <summary>The tensors of a binding, in the order in which the model lists them. What both runtimes share.</summary>
internal sealed class OnnxTensorSet : IDisposable
{
    private readonly string path;

    public OnnxTensorSet(IOnnxModel model, ReadOnlySpan<OnnxShape> shapes)
    {
        path = model.Path;
        var given = new Dictionary<string, OnnxShape>();
        foreach (var shape in shapes)
            given[shape.Name] = shape;
        Inputs = Create(model.Inputs, given);
        Outputs = Create(model.Outputs, given);
        if (given.Count > 0)
            throw new EngineException($"{path} has no tensor {string.Join(", ", given.Keys)}; it has {Describe(model)}.");
    }

    public OnnxTensor[] Inputs { get; }

    public OnnxTensor[] Outputs { get; }

    public OnnxTensor<T> Find<T>(string name) where T : unmanaged
    {
        foreach (var tensor in Inputs.Concat(Outputs))
            if (tensor.Info.Name == name)
                return tensor as OnnxTensor<T>
                    ?? throw new EngineException($"{path}: the tensor {tensor.Info} is not of {typeof(T).Name}.");
        throw new EngineException($"{path} has no tensor '{name}'.");
    }

    public static string Describe(IOnnxModel model) => string.Join(", ", model.Inputs.Concat(model.Outputs));

    public void Dispose()
    {
        foreach (var tensor in Inputs.Concat(Outputs))
            tensor.Dispose();
    }

    private OnnxTensor[] Create(IReadOnlyList<OnnxTensorInfo> infos, Dictionary<string, OnnxShape> given)
    {
        var tensors = new OnnxTensor[infos.Count];
        for (var i = 0; i < tensors.Length; i++)
        {
            if (!given.Remove(infos[i].Name, out var shape))
                throw new EngineException($"{path}: the tensor {infos[i]} is given no shape.");
            tensors[i] = OnnxTensor.Create(infos[i], shape);
        }
        return tensors;
    }
}
