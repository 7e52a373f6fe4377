using PhoneAgent.Inference.Onnx;
using PhoneAgent.Server.BrowserVoice.Media;
using PhoneAgent.Server.BrowserVoice.Wire;

namespace PhoneAgent.Server.BrowserVoice;

/// <summary>The wake word of hands-free clients, where there is a model for it. Thread-safe.</summary>
internal sealed class WakeWords
{
    /// <param name="reason">Why there is none, for people.</param>
    public static WakeWords None(string reason) => new(new ServerMessage.WakeWordState(false, null, reason), null);

    /// <summary>The word of the model that the options name; none, with the reason, where there is no such model.</summary>
    /// <param name="runtime">Asked only for a model: a machine without the runtime answers calls all the same.</param>
    /// <param name="file">The model's file; null where none is configured.</param>
    public static WakeWords Load(Func<IOnnxRuntime> runtime, string? file, BrowserVoiceOptions options)
    {
        if (file is null)
            return None("no wake word model is configured (talk.wake_word_model)");
        try
        {
            (WakeWordModel? model, string? problem) = WakeWordModel.From(runtime().Load(file));
            return model is null
                ? None(problem!)
                : new WakeWords(new ServerMessage.WakeWordState(true, options.WakeWord, null), heard => new WakeWordGate(model.Samples, model.Score, options.WakeWordThreshold, heard));
        }
        catch (EngineException e)
        {
            return None(e.Message.TrimEnd('.'));
        }
    }

    private readonly Func<Action<double>, IAudioGate>? _open;

    public WakeWords(ServerMessage.WakeWordState state, Func<Action<double>, IAudioGate>? open) => (State, _open) = (state, open);

    public ServerMessage.WakeWordState State { get; }

    /// <summary>A gate that opens for one turn of the caller when the word was heard; <paramref name="onHeard"/> gets its score.</summary>
    public IAudioGate? Open(Action<double> onHeard) => _open?.Invoke(onHeard);
}
