namespace PhoneAgent.Inference.Onnx;

public sealed record OnnxOptions
{
    /// <summary>
    /// The native library, or the folder that holds it; null to look at $PHONEAGENT_ONNXRUNTIME, in native/onnxruntime/ of
    /// the application's folder and those above it, and where the system keeps libraries. Unused with the
    /// Microsoft.ML.OnnxRuntime package, which brings its own.
    /// </summary>
    public string? LibraryPath { get; init; }
}
