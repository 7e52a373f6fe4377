using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.Onnx;

/// <summary>Native memory with a name and a shape; zero at first.</summary>
public abstract unsafe class OnnxTensor : IDisposable
{
    private const int Alignment = 64;

    /// <summary>64 Mi elements: a tensor of a call is thousands of times smaller.</summary>
    private const long MaxElements = 64 << 20;

    private protected OnnxTensor(OnnxTensorInfo info, OnnxShape shape, int elementSize)
    {
        Info = info;
        Shape = shape;
        Length = ElementCount(shape);
        ByteLength = (nuint)Length * (nuint)elementSize;
        Pointer = NativeMemory.AlignedAlloc(Math.Max(ByteLength, Alignment), Alignment);
        NativeMemory.Clear(Pointer, ByteLength);
    }

    public OnnxTensorInfo Info { get; }

    public OnnxShape Shape { get; }

    /// <summary>Number of elements.</summary>
    public int Length { get; }

    internal nuint ByteLength { get; }

    internal void* Pointer { get; private set; }

    /// <exception cref="EngineException">The shape does not fit what the model declares, or its type is not supported.</exception>
    internal static OnnxTensor Create(OnnxTensorInfo info, OnnxShape shape)
    {
        if (shape.Dimensions.Length != info.Dimensions.Count || !Fits(info, shape))
            throw new EngineException($"The shape {shape} does not fit the model's {info}.");
        return info.Type switch
        {
            OnnxElementType.F32 => new OnnxTensor<float>(info, shape),
            OnnxElementType.I32 => new OnnxTensor<int>(info, shape),
            OnnxElementType.I64 => new OnnxTensor<long>(info, shape),
            _ => throw new EngineException($"The model's tensor {info} is neither float, int32 nor int64."),
        };
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    ~OnnxTensor() => Free();

    private void Free()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
    }

    private static bool Fits(OnnxTensorInfo info, OnnxShape shape)
    {
        for (var i = 0; i < shape.Dimensions.Length; i++)
            if (info.Dimensions[i] >= 0 && info.Dimensions[i] != shape.Dimensions[i])
                return false;
        return true;
    }

    private static int ElementCount(OnnxShape shape)
    {
        long count = 1;
        foreach (var d in shape.Dimensions)
        {
            if (d is < 0 or > MaxElements || (count *= d) > MaxElements)
                throw new EngineException($"The shape {shape} is out of range: at most {MaxElements} elements.");
        }
        return (int)count;
    }
}

/// <inheritdoc/>
public sealed unsafe class OnnxTensor<T> : OnnxTensor where T : unmanaged
{
    internal OnnxTensor(OnnxTensorInfo info, OnnxShape shape) : base(info, shape, Unsafe.SizeOf<T>()) { }

    /// <summary>All elements, row-major.</summary>
    public Span<T> Values
    {
        get
        {
            ObjectDisposedException.ThrowIf(Pointer is null, this);
            return new(Pointer, Length);
        }
    }
}
