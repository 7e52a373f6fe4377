namespace PhoneAgent.Inference.Silero;

public sealed record SileroOptions
{
    /// <summary>Path of silero_vad.onnx, version 5 or newer.</summary>
    public required string ModelPath { get; init; }

    /// <summary>
    /// True: one thread computes for all calls; windows that are ready together are one run, so cost per call falls as
    /// calls rise, and a lone window never waits. False: inside Push, on the pusher's thread, so that a replay gives its
    /// results at the same place each time.
    /// </summary>
    public bool Batch { get; init; } = true;
}
