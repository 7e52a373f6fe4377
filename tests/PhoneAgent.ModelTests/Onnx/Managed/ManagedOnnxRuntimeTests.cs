using PhoneAgent.Inference.Onnx;
using PhoneAgent.Inference.Onnx.Managed;

namespace PhoneAgent.ModelTests.Onnx.Managed;

[RequiresOnnx]
public sealed class ManagedOnnxRuntimeTests : OnnxRuntimeContract
{
    protected override IOnnxRuntime Create() => new ManagedOnnxRuntime();
}
