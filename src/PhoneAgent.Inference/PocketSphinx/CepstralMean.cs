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
        [39.16f, 17.36f, -32.34f, 40.16f, -27.97f, 8.46f, 1.54f, -19.93f, 13.79f, -16.65f, 10.92f, -3.28f, -1.65f];

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
