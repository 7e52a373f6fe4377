namespace PhoneAgent.Audio;

/// <summary>Levels of 16-bit samples in dB below full scale. A full-scale sine has −3.01 dBFS RMS.</summary>
public static class Level
{
    /// <summary>What digital silence measures.</summary>
    public const float FloorDb = -96f;

    /// <summary>Root mean square, 0 to 32768.</summary>
    public static float Rms(ReadOnlySpan<short> samples)
    {
        if (samples.IsEmpty)
            return 0;
        long sum = 0;
        foreach (short sample in samples)
            sum += sample * sample;
        return (float)Math.Sqrt(sum / (double)samples.Length);
    }

    public static float RmsDb(ReadOnlySpan<short> samples) => ToDb(Rms(samples));

    /// <summary>Largest magnitude, 0 to 32768.</summary>
    public static int Peak(ReadOnlySpan<short> samples)
    {
        int peak = 0;
        foreach (short sample in samples)
            peak = Math.Max(peak, Math.Abs((int)sample));
        return peak;
    }

    /// <param name="amplitude">0 to 32768.</param>
    public static float ToDb(float amplitude) => amplitude <= 0 ? FloorDb : Math.Max(FloorDb, 20 * MathF.Log10(amplitude / 32768f));

    /// <returns>An amplitude of 0 to 32768 for levels up to 0.</returns>
    public static float FromDb(float levelDb) => 32768f * MathF.Pow(10, levelDb / 20);
}

/// <summary>A smoothed level over time: follows rises within a frame and falls slowly. Not thread-safe.</summary>
/// <param name="fallDbPerSecond">How fast the reading falls after the sound has stopped.</param>
public sealed class LevelMeter(int sampleRate, float fallDbPerSecond = 40)
{
    /// <summary>In dBFS.</summary>
    public float LevelDb { get; private set; } = Level.FloorDb;

    public float Add(ReadOnlySpan<short> frame)
    {
        float fallen = LevelDb - fallDbPerSecond * frame.Length / sampleRate;
        return LevelDb = Math.Max(Math.Max(Level.RmsDb(frame), fallen), Level.FloorDb);
    }
}
