using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.Onnx.Native;

/// <summary>The native ONNX runtime through its C API.</summary>
public sealed unsafe class NativeOnnxRuntime : IOnnxRuntime
{
    private const int ErrorsOnly = 3;

    private readonly OrtApi api;
    private void* environment;

    /// <exception cref="EngineException">The library is missing or unusable.</exception>
    public NativeOnnxRuntime(OnnxOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        api = new OrtApi(OnnxLibraryLocator.Load(options));
        fixed (byte* name = "phoneagent\0"u8)
        fixed (void** result = &environment)
            api.Check(api.CreateEnv(ErrorsOnly, name, result), "The ONNX runtime did not start");
    }

    public string Name => $"ONNX runtime {api.Version}, C API";

    public IOnnxModel Load(string path, int threads = 1)
    {
        ObjectDisposedException.ThrowIf(environment is null, this);
        if (!File.Exists(path))
            throw new EngineException($"The model {path} does not exist: run `phoneagent models pull`.");
        return new NativeOnnxModel(api, environment, path, threads);
    }

    public void Dispose()
    {
        if (environment is null)
            return;
        api.ReleaseEnv(environment);
        environment = null;
    }
}
