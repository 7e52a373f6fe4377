using PhoneAgent.Conversation;
using PhoneAgent.Inference.Onnx;
using PhoneAgent.Inference.Onnx.Native;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Contracts;

namespace PhoneAgent.ModelTests.Onnx;

/// <summary>The native ONNX runtime and the Silero model.</summary>
public sealed class RequiresOnnxAttribute : RequirementAttribute
{
    public const string Model = "models/silero/silero_vad.onnx";

    private static readonly Lazy<string?> Reason = new(Find);

    public override string? SkipReason => Reason.Value;

    /// <summary>Why the runtime itself cannot be used; null when it can.</summary>
    public static string? Library => NoLibrary.Value;

    private static readonly Lazy<string?> NoLibrary = new(FindLibrary);

    private static string? Find() => NoLibrary.Value ?? Requirements.Shared(Model);

    private static string? FindLibrary()
    {
        try
        {
            OnnxLibraryLocator.Load(new OnnxOptions());
        }
        catch (EngineException e)
        {
            return e.Message;
        }
        return null;
    }
}
