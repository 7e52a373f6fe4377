using PhoneAgent.Conversation;
using PhoneAgent.Inference.Onnx;

namespace PhoneAgent.Inference.Piper;

/// <summary>A loaded voice: phonemes in, samples out. Thread-safe.</summary>
internal sealed class PiperVoice : IDisposable
{
    private const string Ids = "input";
    private const string Lengths = "input_lengths";
    private const string Scales = "scales";
    private const string Speaker = "sid";
    private const string Audio = "output";

    /// <summary>A model that hardly says anything is not blown up to full loudness.</summary>
    private const float LeastPeak = 0.01f;

    private readonly IOnnxModel model;

    private PiperVoice(PiperVoiceConfig config, IOnnxModel model) => (Config, this.model) = (config, model);

    public PiperVoiceConfig Config { get; }

    /// <exception cref="EngineException">The model is missing, cannot be run, or is no Piper voice.</exception>
    public static PiperVoice Load(IOnnxRuntime runtime, string path, PiperVoiceConfig config, int threads)
    {
        var model = runtime.Load(path, threads);
        try
        {
            Check(model, config);
            return new PiperVoice(config, model);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Speaks a clause or more; blocks. The samples have <see cref="PiperVoiceConfig.SampleRate"/>.</summary>
    /// <exception cref="EngineException">The model does not take the phonemes.</exception>
    public short[] Speak(string phonemes, int speaker, double rate, CancellationToken cancellationToken)
    {
        var ids = Config.Phonemes.ToIds(phonemes, out _);
        var inputs = new List<OnnxInput>
        {
            OnnxInput.Of(Ids, ids, 1, ids.Length),
            OnnxInput.Of(Lengths, [(long)ids.Length], 1),
            OnnxInput.Of(Scales, [Config.NoiseScale, (float)(Config.LengthScale / rate), Config.NoiseW], 3),
        };
        if (TakesSpeaker(model))
            inputs.Add(OnnxInput.Of(Speaker, [(long)speaker], 1));
        return ToSamples(model.Run(Audio, inputs, cancellationToken));
    }

    public void Dispose() => model.Dispose();

    private static void Check(IOnnxModel model, PiperVoiceConfig config)
    {
        if (!Has(model.Inputs, Ids, OnnxElementType.I64) || !Has(model.Inputs, Lengths, OnnxElementType.I64)
            || !Has(model.Inputs, Scales, OnnxElementType.F32) || !Has(model.Outputs, Audio, OnnxElementType.F32))
            throw new EngineException(
                $"{model.Path} is no Piper voice: it must have the inputs {Ids}, {Lengths}, {Scales} and the output {Audio}, and has {OnnxTensorSet.Describe(model)}.");
        if (config.Speakers > 1 && !TakesSpeaker(model))
            throw new EngineException($"{model.Path} has no input {Speaker}, but its description says {config.Speakers} speakers: do the two files belong together?");
    }

    private static bool TakesSpeaker(IOnnxModel model) => Has(model.Inputs, Speaker, OnnxElementType.I64);

    private static bool Has(IReadOnlyList<OnnxTensorInfo> tensors, string name, OnnxElementType type) =>
        tensors.Any(tensor => tensor.Name == name && tensor.Type == type);

    /// <summary>Piper's own scaling: voices come out equally loud.</summary>
    private static short[] ToSamples(float[] audio)
    {
        var peak = LeastPeak;
        foreach (var value in audio)
            peak = Math.Max(peak, Math.Abs(value));
        var samples = new short[audio.Length];
        for (var i = 0; i < audio.Length; i++)
            samples[i] = float.IsFinite(audio[i]) ? (short)(audio[i] / peak * short.MaxValue) : (short)0;
        return samples;
    }
}
