namespace PhoneAgent.Testing;

/// <summary>A voice's harmonics with a melody, in syllables, for codecs: whole periods of one pitch would suit them too well.</summary>
public static class VoicelikeTone
{
    private const int Harmonics = 20;

    /// <summary>One sample, about −22 dB of full scale on average.</summary>
    public static short At(long position, int sampleRate)
    {
        var t = (double)position / sampleRate;
        // 130 Hz, 30 Hz up and down: the integral of that melody.
        var phase = (2 * Math.PI * 130 * t) - (30 / 1.3 * Math.Cos(2 * Math.PI * 1.3 * t));
        var syllable = 0.55 + (0.45 * Math.Sin(2 * Math.PI * 4 * t));
        var sum = 0.0;
        for (var harmonic = 1; harmonic <= Harmonics; harmonic++)
            sum += Math.Sin(harmonic * phase) / (1 + Math.Pow((harmonic - 4) / 3.0, 2));
        return (short)(2500 * syllable * sum);
    }

    public static short[] Of(int seconds, int sampleRate)
    {
        var pcm = new short[seconds * sampleRate];
        for (var i = 0; i < pcm.Length; i++)
            pcm[i] = At(i, sampleRate);
        return pcm;
    }
}
