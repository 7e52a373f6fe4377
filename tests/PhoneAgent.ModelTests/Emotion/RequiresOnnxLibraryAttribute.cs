using PhoneAgent.ModelTests.Onnx;
using PhoneAgent.Testing.Contracts;

namespace PhoneAgent.ModelTests.Emotion;

/// <summary>The native ONNX runtime; the weights are part of the repository.</summary>
public sealed class RequiresOnnxLibraryAttribute : RequirementAttribute
{
    public override string? SkipReason => RequiresOnnxAttribute.Library;
}
