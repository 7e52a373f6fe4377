namespace PhoneAgent.Audio.Features;

/// <summary>
/// How an utterance was spoken. Pitch in semitones above 100 Hz, so that a man's and a woman's rise are the same size. All
/// from the first loud frame to the last: silence around the utterance, such as padding, changes nothing but its own length.
/// </summary>
/// <param name="Length">From the first loud frame to the last.</param>
/// <param name="VoicedRatio">Loud voiced frames of all, 0 to 1.</param>
/// <param name="PitchMean">In semitones; 0 when nothing was voiced, as are the next two.</param>
/// <param name="PitchRange">In semitones, from the 5th percentile to the 95th.</param>
/// <param name="PitchSlope">In semitones a second, by least squares over the loud voiced frames.</param>
/// <param name="EnergyMeanDb">Of the loud frames, in dBFS.</param>
/// <param name="EnergyRangeDb">Of the loud frames, from the 5th percentile to the 95th.</param>
/// <param name="SyllablesPerSecond">Syllable nuclei over the length; pauses count as time.</param>
/// <param name="PauseRatio">Share of the length in pauses of 300 ms and more.</param>
public readonly record struct Prosody(
    TimeSpan Length, float VoicedRatio, float PitchMean, float PitchRange, float PitchSlope, float EnergyMeanDb, float EnergyRangeDb,
    float SyllablesPerSecond, float PauseRatio, Perturbation Perturbation);

/// <summary>
/// Gathers an utterance's frames and says at any time how it has been spoken so far. Allocates only when made (about 70 KiB). Not
/// thread-safe.
/// </summary>
public sealed class ProsodyStatistics
{
    /// <summary>One minute: what comes after in the same utterance is not counted.</summary>
    public const int MostFrames = 6000;

    /// <summary>A frame so far below the loudest percentile is silent: de Jong and Wempe, as <see cref="SyllableCounter"/>.</summary>
    private const float SilenceBelowLoudestDb = 25;
    private const float LeastLoudDb = -60;
    private const int PauseFrames = 30;
    private const double ReferenceHz = 100;

    private readonly float[] _energy = new float[MostFrames];
    private readonly float[] _hz = new float[MostFrames];
    private readonly float[] _scratch = new float[MostFrames];
    private int _count;
    private Perturbation _perturbation;

    /// <summary>How many frames count.</summary>
    public int Count => _count;

    /// <param name="features">Of the frame at hand, after <see cref="AcousticFeatures.Next"/> said yes.</param>
    public void Add(AcousticFeatures features)
    {
        if (_count == MostFrames)
            return;
        _energy[_count] = features.EnergyDb;
        _hz[_count++] = features.Pitch.Hz;
        _perturbation = features.Perturbation;
    }

    /// <summary>Of what was added since the last reset; all 0 when nothing was loud enough to be speech (−60 dBFS).</summary>
    public Prosody Summarise()
    {
        float threshold = Math.Max(Percentile(_energy.AsSpan(0, _count), 0.99f) - SilenceBelowLoudestDb, LeastLoudDb);
        int first = 0, end = _count;
        while (first < end && _energy[first] < threshold)
            first++;
        while (end > first && _energy[end - 1] < threshold)
            end--;
        if (first == end)
            return default;
        ReadOnlySpan<float> energy = _energy.AsSpan(first, end - first);
        ReadOnlySpan<float> hz = _hz.AsSpan(first, end - first);
        (float energyMean, float energyRange) = Loudness(energy, threshold);
        (float voiced, float mean, float range, float slope) = Melody(hz, energy, threshold);
        float seconds = energy.Length * (float)FeatureFrames.Hop.TotalSeconds;
        return new Prosody(energy.Length * FeatureFrames.Hop, voiced, mean, range, slope, energyMean, energyRange,
            SyllableCounter.Count(energy, hz, threshold) / seconds, Pauses(energy, threshold), _perturbation);
    }

    /// <summary>Forgets the utterance.</summary>
    public void Reset()
    {
        _count = 0;
        _perturbation = default;
    }

    private (float Mean, float Range) Loudness(ReadOnlySpan<float> energy, float threshold)
    {
        int loud = 0;
        double sum = 0;
        foreach (float db in energy)
        {
            if (db < threshold)
                continue;
            _scratch[loud++] = db;
            sum += db;
        }
        return ((float)(sum / loud), Spread(loud));
    }

    private (float Ratio, float Mean, float Range, float Slope) Melody(ReadOnlySpan<float> hz, ReadOnlySpan<float> energy, float threshold)
    {
        int voiced = 0;
        double sum = 0, times = 0, squares = 0, products = 0;
        for (int i = 0; i < hz.Length; i++)
        {
            // A hum or a rumble in a pause has a pitch, but it is not the speaker's.
            if (hz[i] <= 0 || energy[i] < threshold)
                continue;
            double semitones = 12 * Math.Log2(hz[i] / ReferenceHz);
            double seconds = i * FeatureFrames.Hop.TotalSeconds;
            _scratch[voiced++] = (float)semitones;
            sum += semitones;
            times += seconds;
            squares += seconds * seconds;
            products += seconds * semitones;
        }
        if (voiced == 0)
            return default;
        double variance = squares - times * times / voiced;
        double slope = variance > 1e-9 ? (products - times * sum / voiced) / variance : 0;
        return (voiced / (float)hz.Length, (float)(sum / voiced), Spread(voiced), (float)slope);
    }

    /// <summary>From the 5th to the 95th percentile of the first values of the scratch, which it sorts.</summary>
    private float Spread(int count)
    {
        Span<float> values = _scratch.AsSpan(0, count);
        values.Sort();
        return At(values, 0.95f) - At(values, 0.05f);
    }

    private float Percentile(ReadOnlySpan<float> values, float share)
    {
        if (values.IsEmpty)
            return Level.FloorDb;
        Span<float> sorted = _scratch.AsSpan(0, values.Length);
        values.CopyTo(sorted);
        sorted.Sort();
        return At(sorted, share);
    }

    private static float At(ReadOnlySpan<float> sorted, float share) => sorted[(int)MathF.Round(share * (sorted.Length - 1))];

    private static float Pauses(ReadOnlySpan<float> energy, float threshold)
    {
        int paused = 0, run = 0;
        // The last frame is loud: every run ends within.
        foreach (float db in energy)
        {
            if (db < threshold)
            {
                run++;
                continue;
            }
            paused += run >= PauseFrames ? run : 0;
            run = 0;
        }
        return paused / (float)energy.Length;
    }
}
