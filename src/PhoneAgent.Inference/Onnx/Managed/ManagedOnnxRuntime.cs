using Microsoft.ML.OnnxRuntime;
using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.Onnx.Managed;

/// <summary>The ONNX runtime through the package Microsoft.ML.OnnxRuntime, which brings the native library along.</summary>
public sealed class ManagedOnnxRuntime : IOnnxRuntime
{
    public string Name => $"ONNX runtime {OrtEnv.Instance().GetVersionString()}, Microsoft.ML.OnnxRuntime";

    public IOnnxModel Load(string path, int threads = 1)
    {
        if (!File.Exists(path))
            throw new EngineException($"The model {path} does not exist: run `phoneagent models pull`.");
        return new ManagedOnnxModel(path, threads);
    }

    /// <summary>The package keeps one environment for the life of the process.</summary>
    public void Dispose() { }
}
