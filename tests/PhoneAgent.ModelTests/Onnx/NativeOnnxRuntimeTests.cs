using PhoneAgent.Conversation;
using PhoneAgent.Inference.Onnx;
using PhoneAgent.Inference.Onnx.Native;
using PhoneAgent.Testing.Contracts;
using Xunit;

namespace PhoneAgent.ModelTests.Onnx;

[RequiresOnnx]
public sealed class NativeOnnxRuntimeTests : OnnxRuntimeContract
{
    protected override IOnnxRuntime Create() => new NativeOnnxRuntime(new OnnxOptions());

    [Fact]
    public void AMissingLibrarySaysWhatToDo()
    {
        var error = Assert.Throws<EngineException>(() => new NativeOnnxRuntime(new OnnxOptions { LibraryPath = "/no/such/lib.so" }));
        Assert.Contains("/no/such/lib.so", error.Message, StringComparison.Ordinal);
        Assert.Contains("tools/run.sh", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileThatIsNoLibrarySaysSo()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "no library");
            var error = Assert.Throws<EngineException>(() => new NativeOnnxRuntime(new OnnxOptions { LibraryPath = path }));
            Assert.Contains("does not load", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [ContractFact]
    public void AnotherLibraryIsRefused()
    {
        // libc exists wherever this library does.
        var error = Assert.Throws<EngineException>(() => new NativeOnnxRuntime(new OnnxOptions { LibraryPath = LibC() }));
        Assert.Contains("OrtGetApiBase", error.Message, StringComparison.Ordinal);
    }

    private static string LibC() => File.ReadLines("/proc/self/maps").Select(l => l.Split(' ')[^1]).First(f => f.EndsWith("libc.so.6", StringComparison.Ordinal));
}
