namespace PhoneAgent.Audio.Features;

/// <summary>
/// Counts syllable nuclei without knowing the words: voiced peaks of the energy with a dip of 2 dB before the next. N. de Jong
/// and T. Wempe, "Praat script to detect syllable nuclei and measure speech rate automatically", Behavior Research
/// Methods 41 (2009); the threshold of 25 dB below the loudest is that of their script's second version.
/// </summary>
internal static class SyllableCounter
{
    private const float DipDb = 2;
    // Of 10 ms on either side: with the frame's own 25 ms about what Praat's contour for 50 Hz averages.
    private const int Smoothing = 2;

    /// <param name="energyDb">Of frames 10 ms apart.</param>
    /// <param name="hz">Their pitch, 0 where unvoiced.</param>
    /// <param name="thresholdDb">A peak below is no syllable.</param>
    public static int Count(ReadOnlySpan<float> energyDb, ReadOnlySpan<float> hz, float thresholdDb)
    {
        int nuclei = 0, peakAt = -1;
        // Before an utterance is silence, the deepest dip.
        float peak = float.NegativeInfinity, dip = float.NegativeInfinity;
        for (int i = 0; i < energyDb.Length; i++)
        {
            float now = Smoothed(energyDb, i);
            if (peakAt < 0 && now < dip + DipDb)
            {
                dip = Math.Min(dip, now);
                continue;
            }
            if (peakAt < 0 || now > peak)
                (peak, peakAt) = (now, i);
            if (now > peak - DipDb)
                continue;
            nuclei += IsNucleus(hz, peakAt, peak, thresholdDb) ? 1 : 0;
            (peakAt, dip) = (-1, now);
        }
        return peakAt >= 0 && IsNucleus(hz, peakAt, peak, thresholdDb) ? nuclei + 1 : nuclei;
    }

    // The pitch looks back further than the energy: a nucleus may be a frame or two before it counts as voiced.
    private static bool IsNucleus(ReadOnlySpan<float> hz, int at, float peakDb, float thresholdDb) =>
        peakDb >= thresholdDb && hz[Math.Max(0, at - Smoothing)..Math.Min(hz.Length, at + Smoothing + 1)].ContainsAnyExcept(0f);

    private static float Smoothed(ReadOnlySpan<float> energyDb, int at)
    {
        ReadOnlySpan<float> around = energyDb[Math.Max(0, at - Smoothing)..Math.Min(energyDb.Length, at + Smoothing + 1)];
        float sum = 0;
        foreach (float db in around)
            sum += db;
        return sum / around.Length;
    }
}
