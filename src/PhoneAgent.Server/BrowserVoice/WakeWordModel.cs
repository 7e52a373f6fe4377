using PhoneAgent.Conversation.Calls;
using PhoneAgent.Inference.Onnx;

namespace PhoneAgent.Server.BrowserVoice;

/// <summary>
/// A supplied model that hears one word: one input of floats [1, samples] (16 kHz, −1 to 1; the model's own length, or one
/// second), one output whose first value is the word's probability. Thread-safe.
/// </summary>
internal sealed class WakeWordModel
{
    private const int MinSamples = AudioFormat.SampleRate / 4;
    private const int MaxSamples = AudioFormat.SampleRate * 4;

    private readonly IOnnxModel _model;
    private readonly string _input;
    private readonly string _output;

    private WakeWordModel(IOnnxModel model, int samples) => (_model, _input, _output, Samples) = (model, model.Inputs[0].Name, model.Outputs[0].Name, samples);

    /// <summary>How much sound it looks at.</summary>
    public int Samples { get; }

    /// <returns>Null with the reason when the model is of another kind.</returns>
    public static (WakeWordModel? Model, string? Problem) From(IOnnxModel model)
    {
        if (model.Inputs is not [{ Type: OnnxElementType.F32, Dimensions: [_, var length] }] || model.Outputs is not [{ Type: OnnxElementType.F32 }])
            return (null, $"{model.Path} is no wake word model: one input of floats [1, samples] and one output of floats are expected");
        int samples = length < 0 ? AudioFormat.SampleRate : (int)Math.Min(length, int.MaxValue);
        return samples is < MinSamples or > MaxSamples
            ? (null, $"{model.Path} looks at {samples} samples; {MinSamples} to {MaxSamples} are expected")
            : (new WakeWordModel(model, samples), null);
    }

    /// <summary>How likely the word is in the last <see cref="Samples"/> samples, 0–1.</summary>
    public float Score(float[] samples) =>
        _model.Run(_output, [OnnxInput.Of(_input, samples, 1, samples.Length)], CancellationToken.None) is [var score, ..] ? score : 0;
}
