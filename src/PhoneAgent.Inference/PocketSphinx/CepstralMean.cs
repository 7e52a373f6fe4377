using PhoneAgent.Inference.PocketSphinx.Native;

namespace PhoneAgent.Inference.PocketSphinx;

/// <summary>
/// Cepstral mean normalisation: takes the line's and the microphone's colour off. While an utterance runs the mean is
/// a blend of a usual telephone and the frames heard; afterwards it is the frames' own.
/// </summary>
internal static class CepstralMean
{
    /// <summary>Mean over G.711 speech at usual level, resampled to 16 kHz.</summary>
    private static readonly float[] Telephone =
        [41.00f, -5.29f, -0.12f, 5.09f, 2.48f, -4.07f, -1.37f, -1.78f, -5.08f, -2.05f, -6.45f, -1.42f, 1.17f];

    /// <param name="priorFrames">How many frames the usual telephone weighs.</param>
    public static void Estimate(ReadOnlySpan<float> frames, float priorFrames, Span<float> mean)
    {
        const int D = CepstrumFrontEnd.Dimension;
        var count = frames.Length / D;
        for (var d = 0; d < D; d++)
            mean[d] = priorFrames * Telephone[d];
        for (var i = 0; i < frames.Length; i += D)
            for (var d = 0; d < D; d++)
                mean[d] += frames[i + d];
        for (var d = 0; d < D; d++)
            mean[d] /= Math.Max(priorFrames + count, 1);
    }

    public static void Subtract(ReadOnlySpan<float> frames, ReadOnlySpan<float> mean, Span<float> output)
    {
        const int D = CepstrumFrontEnd.Dimension;
        for (var i = 0; i < frames.Length; i += D)
            for (var d = 0; d < D; d++)
                output[i + d] = frames[i + d] - mean[d];
    }
}
