namespace PhoneAgent.Inference.Onnx.Native;

/// <summary>ONNXTensorElementDataType.</summary>
internal static class OrtElement
{
    private const int Float = 1;
    private const int Int32 = 6;
    private const int Int64 = 7;

    public static OnnxElementType FromOrt(int type) => type switch
    {
        Float => OnnxElementType.F32,
        Int32 => OnnxElementType.I32,
        Int64 => OnnxElementType.I64,
        _ => OnnxElementType.Other,
    };

    public static int ToOrt(OnnxElementType type) => type switch
    {
        OnnxElementType.F32 => Float,
        OnnxElementType.I32 => Int32,
        OnnxElementType.I64 => Int64,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };
}
