using System.Runtime.InteropServices;
using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.Onnx.Native;

/// <summary>
/// The function table of onnxruntime_c_api.h, by position: `OrtApi` only ever grows at its end, so a position is part of
/// the ABI. Every function that returns a status returns null for success.
/// </summary>
internal sealed unsafe class OrtApi
{
    /// <summary>The oldest table that holds everything used here; newer libraries serve it too.</summary>
    private const uint ApiVersion = 11;

    private readonly IntPtr* table;

    /// <exception cref="EngineException">The library is no ONNX runtime, or older than version 1.11.</exception>
    public OrtApi(IntPtr library)
    {
        if (!NativeLibrary.TryGetExport(library, "OrtGetApiBase", out var export))
            throw new EngineException("The configured ONNX runtime library is none: it has no OrtGetApiBase.");
        var apiBase = ((delegate* unmanaged<ApiBase*>)export)();
        Version = Marshal.PtrToStringUTF8((IntPtr)apiBase->GetVersionString()) ?? "?";
        table = apiBase->GetApi(ApiVersion);
        if (table is null)
            throw new EngineException($"The ONNX runtime {Version} is too old: 1.11 or newer is needed.");
    }

    public string Version { get; }

    public delegate* unmanaged<void*, byte*> GetErrorMessage => (delegate* unmanaged<void*, byte*>)table[2];
    public delegate* unmanaged<int, byte*, void**, void*> CreateEnv => (delegate* unmanaged<int, byte*, void**, void*>)table[3];
    public delegate* unmanaged<void*, void*, void*, void**, void*> CreateSession => (delegate* unmanaged<void*, void*, void*, void**, void*>)table[7];
    public delegate* unmanaged<void*, void*, byte**, void**, nuint, byte**, nuint, void**, void*> Run =>
        (delegate* unmanaged<void*, void*, byte**, void**, nuint, byte**, nuint, void**, void*>)table[9];
    public delegate* unmanaged<void**, void*> CreateSessionOptions => (delegate* unmanaged<void**, void*>)table[10];
    public delegate* unmanaged<void*, int, void*> SetSessionLogSeverityLevel => (delegate* unmanaged<void*, int, void*>)table[22];
    public delegate* unmanaged<void*, int, void*> SetSessionGraphOptimizationLevel => (delegate* unmanaged<void*, int, void*>)table[23];
    public delegate* unmanaged<void*, int, void*> SetIntraOpNumThreads => (delegate* unmanaged<void*, int, void*>)table[24];
    public delegate* unmanaged<void*, int, void*> SetInterOpNumThreads => (delegate* unmanaged<void*, int, void*>)table[25];
    public delegate* unmanaged<void*, nuint*, void*> SessionGetInputCount => (delegate* unmanaged<void*, nuint*, void*>)table[30];
    public delegate* unmanaged<void*, nuint*, void*> SessionGetOutputCount => (delegate* unmanaged<void*, nuint*, void*>)table[31];
    public delegate* unmanaged<void*, nuint, void**, void*> SessionGetInputTypeInfo => (delegate* unmanaged<void*, nuint, void**, void*>)table[33];
    public delegate* unmanaged<void*, nuint, void**, void*> SessionGetOutputTypeInfo => (delegate* unmanaged<void*, nuint, void**, void*>)table[34];
    public delegate* unmanaged<void*, nuint, void*, byte**, void*> SessionGetInputName => (delegate* unmanaged<void*, nuint, void*, byte**, void*>)table[36];
    public delegate* unmanaged<void*, nuint, void*, byte**, void*> SessionGetOutputName => (delegate* unmanaged<void*, nuint, void*, byte**, void*>)table[37];
    public delegate* unmanaged<void**, void*> CreateRunOptions => (delegate* unmanaged<void**, void*>)table[39];
    public delegate* unmanaged<void*, void*> RunOptionsSetTerminate => (delegate* unmanaged<void*, void*>)table[46];
    public delegate* unmanaged<void*, void*, nuint, long*, nuint, int, void**, void*> CreateTensorWithDataAsOrtValue =>
        (delegate* unmanaged<void*, void*, nuint, long*, nuint, int, void**, void*>)table[49];
    public delegate* unmanaged<void*, void**, void*> GetTensorMutableData => (delegate* unmanaged<void*, void**, void*>)table[51];
    public delegate* unmanaged<void*, void**, void*> CastTypeInfoToTensorInfo => (delegate* unmanaged<void*, void**, void*>)table[55];
    public delegate* unmanaged<void*, int*, void*> GetTensorElementType => (delegate* unmanaged<void*, int*, void*>)table[60];
    public delegate* unmanaged<void*, nuint*, void*> GetDimensionsCount => (delegate* unmanaged<void*, nuint*, void*>)table[61];
    public delegate* unmanaged<void*, long*, nuint, void*> GetDimensions => (delegate* unmanaged<void*, long*, nuint, void*>)table[62];
    public delegate* unmanaged<void*, nuint*, void*> GetTensorShapeElementCount => (delegate* unmanaged<void*, nuint*, void*>)table[64];
    public delegate* unmanaged<void*, void**, void*> GetTensorTypeAndShape => (delegate* unmanaged<void*, void**, void*>)table[65];
    public delegate* unmanaged<int, int, void**, void*> CreateCpuMemoryInfo => (delegate* unmanaged<int, int, void**, void*>)table[69];
    public delegate* unmanaged<void*, void*, void*> AllocatorFree => (delegate* unmanaged<void*, void*, void*>)table[76];
    public delegate* unmanaged<void**, void*> GetAllocatorWithDefaultOptions => (delegate* unmanaged<void**, void*>)table[78];
    public delegate* unmanaged<void*, void> ReleaseEnv => (delegate* unmanaged<void*, void>)table[92];
    public delegate* unmanaged<void*, void> ReleaseStatus => (delegate* unmanaged<void*, void>)table[93];
    public delegate* unmanaged<void*, void> ReleaseMemoryInfo => (delegate* unmanaged<void*, void>)table[94];
    public delegate* unmanaged<void*, void> ReleaseSession => (delegate* unmanaged<void*, void>)table[95];
    public delegate* unmanaged<void*, void> ReleaseValue => (delegate* unmanaged<void*, void>)table[96];
    public delegate* unmanaged<void*, void> ReleaseRunOptions => (delegate* unmanaged<void*, void>)table[97];
    public delegate* unmanaged<void*, void> ReleaseTypeInfo => (delegate* unmanaged<void*, void>)table[98];
    public delegate* unmanaged<void*, void> ReleaseTensorTypeAndShapeInfo => (delegate* unmanaged<void*, void>)table[99];
    public delegate* unmanaged<void*, void> ReleaseSessionOptions => (delegate* unmanaged<void*, void>)table[100];

    /// <summary>Does nothing for a null status, otherwise frees it.</summary>
    /// <exception cref="EngineException">With <paramref name="what"/> and the runtime's words.</exception>
    public void Check(void* status, string what)
    {
        if (status is null)
            return;
        var message = Marshal.PtrToStringUTF8((IntPtr)GetErrorMessage(status));
        ReleaseStatus(status);
        throw new EngineException($"{what}: {message}");
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ApiBase
    {
        public delegate* unmanaged<uint, IntPtr*> GetApi;
        public delegate* unmanaged<byte*> GetVersionString;
    }
}
