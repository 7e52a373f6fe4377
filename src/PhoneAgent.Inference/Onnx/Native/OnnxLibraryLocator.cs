using System.Runtime.InteropServices;
using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.Onnx.Native;

/// <summary>Finds the ONNX runtime's native library.</summary>
public static class OnnxLibraryLocator
{
    public const string EnvironmentVariable = "PHONEAGENT_ONNXRUNTIME";

    private const string HowToGet =
        "Run tools/run.sh, which fetches it, or set " + EnvironmentVariable + " to the file. Without it the energy-based voice detector stands in for Silero.";

    /// <summary>The library's file name on this system.</summary>
    public static string FileName { get; } =
        OperatingSystem.IsWindows() ? "onnxruntime.dll" : OperatingSystem.IsMacOS() ? "libonnxruntime.dylib" : "libonnxruntime.so.1";

    /// <summary>Folder of this system's libraries below native/onnxruntime/, e.g. linux-x64.</summary>
    public static string Platform { get; } =
        (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")
        + (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "-arm64" : "-x64");

    /// <summary>Loads the library; it stays loaded for the life of the process.</summary>
    /// <exception cref="EngineException">Not found, or it does not load; says where it was looked for.</exception>
    public static IntPtr Load(OnnxOptions options)
    {
        var named = options.LibraryPath ?? Environment.GetEnvironmentVariable(EnvironmentVariable);
        if (!string.IsNullOrWhiteSpace(named))
            return LoadFile(Directory.Exists(named) ? Path.Combine(named, FileName) : named);
        if (FindBelowAncestors(AppContext.BaseDirectory) is { } file)
            return LoadFile(file);
        if (NativeLibrary.TryLoad(FileName, out var handle))
            return handle;
        throw new EngineException(
            $"The ONNX runtime ({FileName}) is neither in native/onnxruntime/{Platform}/ nor among the system's libraries. {HowToGet}");
    }

    private static IntPtr LoadFile(string file)
    {
        if (!File.Exists(file))
            throw new EngineException($"The ONNX runtime {file} does not exist. {HowToGet}");
        try
        {
            return NativeLibrary.Load(file);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new EngineException($"The ONNX runtime {file} does not load: {e.Message.Trim()} {HowToGet}", e);
        }
    }

    private static string? FindBelowAncestors(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            var file = Path.Combine(at.FullName, "native", "onnxruntime", Platform, FileName);
            if (File.Exists(file))
                return file;
        }
        return null;
    }
}
