using System.Collections.Concurrent;

namespace PhoneAgent.Audio;

/// <summary>
/// The low pass of one pair of rates, cut into the phases that a <see cref="Resampler"/> steps through. Immutable, made
/// once per pair and shared by all streams.
/// </summary>
internal sealed class ResamplerFilter
{
    // 64 taps at twice the lower rate: a delay of 2 ms at 8 kHz.
    private const int TapsAtTwiceLowerRate = 64;
    // Kaiser's formula: 64 taps at this stop-band attenuation fall within ±16 % of the Nyquist frequency. The cut-off
    // stands so that the stop band begins at 1.15 × Nyquist, where the images of the pass band begin.
    private const double StopBandDb = 84;
    private const double StopEdge = 1.15;
    // Whole vectors for widths of 4 and 8 floats.
    private const int TapMultiple = 8;
    private static readonly ConcurrentDictionary<(int, int), ResamplerFilter> Cache = new();

    private readonly float[] _taps;

    private ResamplerFilter(int sourceRate, int targetRate)
    {
        int divisor = GreatestCommonDivisor(sourceRate, targetRate);
        Up = targetRate / divisor;
        Down = sourceRate / divisor;
        double innerRate = (double)sourceRate * Up;
        double lowerRate = Math.Min(sourceRate, targetRate);
        int length = (int)Math.Ceiling(TapsAtTwiceLowerRate * innerRate / (2 * lowerRate));
        TapsPerPhase = (length + Up - 1) / Up;
        TapsPerPhase = (TapsPerPhase + TapMultiple - 1) / TapMultiple * TapMultiple;
        DelaySeconds = (length - 1) / 2.0 / innerRate;

        double transition = (StopBandDb - 7.95) / (2.285 * TapsAtTwiceLowerRate) * (2 * lowerRate) / (2 * Math.PI);
        double cutoff = (StopEdge * lowerRate / 2 - transition / 2) / innerRate;
        double beta = 0.1102 * (StopBandDb - 8.7);
        _taps = new float[Up * TapsPerPhase];
        for (int phase = 0; phase < Up; phase++)
            FillPhase(phase, length, cutoff, beta);
        if (Halves)
        {
            EvenTaps = [.. _taps.Where((_, i) => i % 2 == 0)];
            OddTaps = [.. _taps.Where((_, i) => i % 2 != 0)];
        }
    }

    /// <summary>Interpolation factor L.</summary>
    public int Up { get; }

    /// <summary>Decimation factor M.</summary>
    public int Down { get; }

    public int TapsPerPhase { get; }

    public bool Doubles => (Up, Down) == (2, 1);

    public bool Halves => (Up, Down) == (1, 2);

    /// <summary>Every other tap, from the first and from the second; empty unless it <see cref="Halves"/>.</summary>
    public float[] EvenTaps { get; } = [];

    public float[] OddTaps { get; } = [];

    public double DelaySeconds { get; }

    public static ResamplerFilter For(int sourceRate, int targetRate) =>
        Cache.GetOrAdd((sourceRate, targetRate), static rates => new ResamplerFilter(rates.Item1, rates.Item2));

    /// <summary>The taps of one phase, for the oldest sample first.</summary>
    public ReadOnlySpan<float> Phase(int phase) => _taps.AsSpan(phase * TapsPerPhase, TapsPerPhase);

    private void FillPhase(int phase, int length, double cutoff, double beta)
    {
        Span<float> taps = _taps.AsSpan(phase * TapsPerPhase, TapsPerPhase);
        double sum = 0;
        double centre = (length - 1) / 2.0;
        for (int age = 0; age * Up + phase < length; age++)
        {
            double x = age * Up + phase - centre;
            double sinc = x == 0 ? 2 * cutoff : Math.Sin(2 * Math.PI * cutoff * x) / (Math.PI * x);
            double ratio = x / (centre + 0.5);
            double tap = sinc * Bessel0(beta * Math.Sqrt(1 - ratio * ratio));
            taps[TapsPerPhase - 1 - age] = (float)tap;
            sum += tap;
        }
        // Every phase has gain 1 at 0 Hz: otherwise a constant would come out with a ripple at the rate of the phases.
        foreach (ref float tap in taps)
            tap = (float)(tap / sum);
    }

    private static double Bessel0(double x)
    {
        double sum = 1;
        double term = 1;
        for (int k = 1; term > sum * 1e-12; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }
        return sum;
    }

    private static int GreatestCommonDivisor(int a, int b)
    {
        while (b != 0)
            (a, b) = (b, a % b);
        return a;
    }
}
