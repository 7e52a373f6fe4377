namespace PhoneAgent.Inference.Emotion;

public sealed record EmotionModelOptions
{
    /// <summary>The network, NAME.onnx; its description NAME.json lies beside it.</summary>
    public required string ModelPath { get; init; }

    /// <summary>Readings at the same time, of all calls; 0: half of the machine's processors.</summary>
    public int AtOnce { get; init; }

    internal int Places => AtOnce > 0 ? AtOnce : Math.Max(1, Environment.ProcessorCount / 2);
}
