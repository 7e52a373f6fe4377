namespace PhoneAgent.Audio.Features;

/// <summary>How unlike neighbouring periods of a voice are.</summary>
/// <param name="Jitter">Mean difference in length over the mean length: 0.005 to 0.01 in a healthy voice.</param>
/// <param name="Shimmer">Mean difference in amplitude (RMS) over the mean amplitude: 0.03 to 0.06 in a healthy voice.</param>
/// <param name="Periods">How many pairs of periods it rests on; below some tens it says little.</param>
public readonly record struct Perturbation(float Jitter, float Shimmer, int Periods);

/// <summary>
/// Local jitter and shimmer: walks from period to period by the best correlation of a whole period with the next, and leaves out
/// neighbours that differ by more than a voice can (1.3 times in length, 1.6 in amplitude, as Boersma and Weenink's
/// Praat does). Over all that was heard since the last reset. Not thread-safe.
/// </summary>
public sealed class PeriodMeter
{
    private const double ShortestStep = 0.8, LongestStep = 1.25;
    private const double MostLengthRatio = 1.3, MostAmplitudeRatio = 1.6;
    private const float LeastCorrelation = 0.5f;
    // The pitch is that of 390 samples before the end; what comes long after it may no longer be voiced.
    private const int Margin = 240;
    private const int PitchView = 780;

    private readonly float[] _correlations = new float[160];
    private int _mark = -1;
    private double _length, _amplitude;
    private Means _lengths, _amplitudes;

    /// <summary>Zeros until there were two periods in a row.</summary>
    public Perturbation Perturbation => new((float)_lengths.Ratio, (float)_amplitudes.Ratio, _lengths.Count);

    /// <param name="history">As <see cref="FeatureFrames.History"/> has it, one hop later each time.</param>
    public void Analyse(ReadOnlySpan<float> history, Pitch pitch)
    {
        if (!pitch.IsVoiced)
        {
            Break();
            return;
        }
        double period = FeatureFrames.SampleRate / (double)pitch.Hz;
        int half = (int)(period / 2);
        _mark = _mark < 0 ? FirstMark(history, half) : _mark - FeatureFrames.HopSamples;
        while (_mark >= half && _mark + LongestStep * period + half + 2 < history.Length - Margin)
        {
            if (!Step(history, period, half))
                return;
        }
        if (_mark < half)
            Break();
    }

    /// <summary>Forgets what came before, as for a new utterance.</summary>
    public void Reset()
    {
        Break();
        _lengths = _amplitudes = default;
    }

    private void Break()
    {
        _mark = -1;
        _length = _amplitude = 0;
    }

    private static int FirstMark(ReadOnlySpan<float> history, int half)
    {
        int first = history.Length - PitchView + half;
        int mark = first;
        for (int i = first; i < first + 2 * half; i++)
        {
            if (Math.Abs(history[i]) > Math.Abs(history[mark]))
                mark = i;
        }
        return mark;
    }

    private bool Step(ReadOnlySpan<float> history, double period, int half)
    {
        int first = (int)(ShortestStep * period), last = (int)(LongestStep * period) + 1;
        ReadOnlySpan<float> here = history.Slice(_mark - half, 2 * half);
        float energy = VectorMath.Dot(here, here);
        int best = first;
        for (int step = first; step <= last; step++)
        {
            ReadOnlySpan<float> there = history.Slice(_mark - half + step, 2 * half);
            _correlations[step - first] = VectorMath.Dot(here, there) / MathF.Sqrt(energy * VectorMath.Dot(there, there) + 1e-20f);
            if (_correlations[step - first] > _correlations[best - first])
                best = step;
        }
        if (best == first || best == last || _correlations[best - first] < LeastCorrelation)
        {
            Break();
            return false;
        }
        double length = best + Top(_correlations.AsSpan(best - first - 1, 3));
        _mark += best;
        // Most of a glottal pulse's energy comes after its peak.
        ReadOnlySpan<float> pulse = history.Slice(_mark - half / 2, 2 * half);
        double amplitude = MathF.Sqrt(VectorMath.Dot(pulse, pulse) / pulse.Length);
        if (_length > 0 && Ratio(length, _length) <= MostLengthRatio && Ratio(amplitude, _amplitude) <= MostAmplitudeRatio)
        {
            _lengths.Add(length, _length);
            _amplitudes.Add(amplitude, _amplitude);
        }
        (_length, _amplitude) = (length, amplitude);
        return true;
    }

    private static double Top(ReadOnlySpan<float> around)
    {
        double curve = around[0] - 2.0 * around[1] + around[2];
        return curve >= 0 ? 0 : 0.5 * (around[0] - (double)around[2]) / curve;
    }

    private static double Ratio(double a, double b) => Math.Max(a, b) / Math.Max(Math.Min(a, b), 1e-9);

    private struct Means
    {
        private double _differences, _values;

        public int Count { get; private set; }

        public readonly double Ratio => _values > 0 ? _differences / _values : 0;

        public void Add(double value, double before)
        {
            _differences += Math.Abs(value - before);
            _values += (value + before) / 2;
            Count++;
        }
    }
}
