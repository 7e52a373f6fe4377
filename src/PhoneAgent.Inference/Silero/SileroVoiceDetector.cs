using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Listening;
using PhoneAgent.Inference.Onnx;

namespace PhoneAgent.Inference.Silero;

/// <summary>
/// Silero VAD at 8 kHz: a result each 32 ms. Loaded once for all calls. When a run fails, the window counts as silence,
/// and the first failure is logged.
/// </summary>
public sealed class SileroVoiceDetector : IVoiceDetector
{
    private readonly IOnnxModel model;
    private readonly SileroBatcher? batcher;
    private readonly ILogger logger;

    /// <exception cref="EngineException">The model is missing or another one.</exception>
    public SileroVoiceDetector(IOnnxRuntime runtime, SileroOptions options, ILogger<SileroVoiceDetector>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        ArgumentNullException.ThrowIfNull(options);
        this.logger = logger ?? NullLogger<SileroVoiceDetector>.Instance;
        model = SileroModel.Load(runtime, options.ModelPath);
        if (options.Batch)
            batcher = new SileroBatcher(model, this.logger);
    }

    public string Name => "silero";

    /// <summary>Windows that were counted as silence because the machine is too slow; 0 without batching.</summary>
    public long SkippedWindows => batcher?.SkippedWindows ?? 0;

    public IVoiceStream Open(Action<VoiceActivity> onActivity)
    {
        ArgumentNullException.ThrowIfNull(onActivity);
        return batcher is null
            ? new SileroInlineStream(SileroModel.Bind(model, batch: 1), onActivity, logger)
            : new SileroBatchedStream(batcher, onActivity);
    }

    /// <summary>Streams must be disposed before.</summary>
    public void Dispose()
    {
        batcher?.Dispose();
        model.Dispose();
    }
}
