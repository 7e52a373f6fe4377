namespace PhoneAgent.Audio;

/// <summary>Finds the lag at which the end of a signal resembles what came before.</summary>
internal static class PitchLag
{
    /// <param name="signal">At least <paramref name="maxLag"/> + <paramref name="window"/> samples; the end counts.</param>
    /// <param name="similarity">Normalised correlation at that lag, −1 to 1.</param>
    public static int Find(ReadOnlySpan<float> signal, int minLag, int maxLag, int window, out float similarity)
    {
        ReadOnlySpan<float> recent = signal[^window..];
        float recentEnergy = VectorMath.Dot(recent, recent);
        int best = maxLag;
        similarity = 0;
        for (int lag = minLag; lag <= maxLag; lag++)
        {
            ReadOnlySpan<float> earlier = signal.Slice(signal.Length - window - lag, window);
            float correlation = VectorMath.Dot(recent, earlier);
            if (correlation <= 0)
                continue;
            float energy = recentEnergy * VectorMath.Dot(earlier, earlier);
            float normalised = energy > 0 ? correlation / MathF.Sqrt(energy) : 0;
            // A multiple of the pitch fits as well; the shortest good lag is the pitch.
            if (normalised > similarity + 0.01f)
                (best, similarity) = (lag, normalised);
        }
        return best;
    }
}
