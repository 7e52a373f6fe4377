using PhoneAgent.Inference.Espeak;

namespace PhoneAgent.Inference.Piper;

public sealed record PiperOptions
{
    /// <summary>Folder of voices: NAME.onnx with NAME.onnx.json beside it.</summary>
    public string Folder { get; init; } = "models/cache/piper";

    /// <summary>The default voice, a name in the folder; null: the first by name.</summary>
    public string? Voice { get; init; }

    /// <summary>The program that turns text into phonemes.</summary>
    public EspeakOptions Espeak { get; init; } = new();

    /// <summary>Threads of one run of a model.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Requests that are synthesised at the same time; further ones wait.</summary>
    public int MaxConcurrent { get; init; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>Longer texts are spoken up to here.</summary>
    public int MaxCharacters { get; init; } = 4_000;
}
