using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Listening;
using PhoneAgent.Inference.Onnx;
using PhoneAgent.Inference.Silero;
using PhoneAgent.ModelTests.Onnx;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Contracts;
using Xunit;

namespace PhoneAgent.ModelTests.Silero;

public abstract class SileroTests : VoiceDetectorContract
{
    protected abstract bool Batch { get; }

    protected override int MaxLagSamples => 511;

    protected override IVoiceDetector Create() => new OwningDetector(Batch);

    /// <summary>Brings its own runtime, which the tests do not know of.</summary>
    private sealed class OwningDetector : IVoiceDetector
    {
        private readonly IOnnxRuntime runtime = OnnxServices.CreateRuntime(new OnnxOptions());
        private readonly SileroVoiceDetector inner;

        public OwningDetector(bool batch) => inner = new(runtime, new SileroOptions { ModelPath = SharedData.Require(RequiresOnnxAttribute.Model), Batch = batch });

        public string Name => inner.Name;

        public IVoiceStream Open(Action<VoiceActivity> onActivity) => inner.Open(onActivity);

        public void Dispose()
        {
            inner.Dispose();
            runtime.Dispose();
        }
    }
}

[RequiresOnnx]
public sealed class SileroInlineTests : SileroTests
{
    protected override bool Batch => false;

    [RequiresFact(Shared = "models/gtcrn/gtcrn_simple.onnx")]
    public void AnotherModelIsRefused()
    {
        if (new RequiresOnnxAttribute().SkipReason is not null)
            return; // said by the other tests of this class
        using var runtime = OnnxServices.CreateRuntime(new OnnxOptions());
        var options = new SileroOptions { ModelPath = SharedData.Require("models/gtcrn/gtcrn_simple.onnx") };
        var error = Assert.Throws<EngineException>(() => new SileroVoiceDetector(runtime, options));
        Assert.Contains("not Silero VAD", error.Message, StringComparison.Ordinal);
    }
}

[RequiresOnnx]
public sealed class SileroBatchedTests : SileroTests
{
    protected override bool Batch => true;
}
