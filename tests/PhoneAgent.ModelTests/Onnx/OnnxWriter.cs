namespace PhoneAgent.ModelTests.Onnx;

/// <summary>Writes an ONNX model node by node; field numbers are those of onnx.proto3.</summary>
internal sealed class OnnxWriter
{
    public const int F32 = 1;
    public const int I64 = 7;

    private const int IrVersion = 8;
    private const int Opset = 13;
    private const int IntAttribute = 2;
    private const int IntsAttribute = 7;

    private readonly ProtoWriter graph = new();

    public byte[] ToModel() => new ProtoWriter()
        .Varint(1, IrVersion)
        .Text(2, "phoneagent tests")
        .Message(7, graph.Text(2, "model"))
        .Message(8, new ProtoWriter().Text(1, "").Varint(2, Opset))
        .ToArray();

    /// <param name="dimensions">-1 leaves the size open.</param>
    public OnnxWriter Input(string name, int type, params long[] dimensions)
    {
        graph.Message(11, Value(name, type, dimensions));
        return this;
    }

    public OnnxWriter Output(string name, int type, params long[] dimensions)
    {
        graph.Message(12, Value(name, type, dimensions));
        return this;
    }

    public OnnxWriter Constant(string name, float value, params long[] dimensions) => Constant(name, F32, dimensions, tensor => tensor.Float(4, value));

    public OnnxWriter Constant(string name, float[] values, params long[] dimensions) => Constant(name, F32, dimensions, tensor =>
    {
        foreach (var value in values)
            tensor.Float(4, value);
    });

    public OnnxWriter Constant(string name, long[] values, params long[] dimensions) => Constant(name, I64, dimensions, tensor =>
    {
        foreach (var value in values)
            tensor.Varint(7, value);
    });

    public OnnxWriter Node(string operation, string[] inputs, string output, params (string Name, long Value)[] attributes)
    {
        var node = new ProtoWriter();
        foreach (var input in inputs)
            node.Text(1, input);
        node.Text(2, output).Text(4, operation);
        foreach (var (name, value) in attributes)
            node.Message(5, new ProtoWriter().Text(1, name).Varint(3, value).Varint(20, IntAttribute));
        graph.Message(1, node);
        return this;
    }

    /// <summary>The mean over one dimension, which stays, with size 1, or goes.</summary>
    public OnnxWriter Mean(string input, string output, long dimension, bool stays)
    {
        var axes = new ProtoWriter().Text(1, "axes").Varint(8, dimension).Varint(20, IntsAttribute);
        var keep = new ProtoWriter().Text(1, "keepdims").Varint(3, stays ? 1 : 0).Varint(20, IntAttribute);
        graph.Message(1, new ProtoWriter().Text(1, input).Text(2, output).Text(4, "ReduceMean").Message(5, axes).Message(5, keep));
        return this;
    }

    private OnnxWriter Constant(string name, int type, long[] dimensions, Action<ProtoWriter> values)
    {
        var tensor = new ProtoWriter();
        foreach (var dimension in dimensions)
            tensor.Varint(1, dimension);
        tensor.Varint(2, type);
        values(tensor);
        graph.Message(5, tensor.Text(8, name));
        return this;
    }

    private static ProtoWriter Value(string name, int type, long[] dimensions)
    {
        var shape = new ProtoWriter();
        foreach (var dimension in dimensions)
            shape.Message(1, dimension < 0 ? new ProtoWriter().Text(2, "n") : new ProtoWriter().Varint(1, dimension));
        return new ProtoWriter().Text(1, name).Message(2, new ProtoWriter().Message(1, new ProtoWriter().Varint(1, type).Message(2, shape)));
    }
}
