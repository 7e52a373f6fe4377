namespace PhoneAgent.Audio.Features;

/// <summary>
/// The natural logarithm of the power in 64 triangular bands between 60 and 3800 Hz, evenly spaced on Slaney's mel scale
/// (linear to 1 kHz, logarithmic above) and normed to the same area, as librosa's default has it; models are to be trained
/// on these. Slaney's and not HTK's: HTK's lowest bands are narrower than a bin of the spectrum and would be empty.
/// Not thread-safe; the weights are shared.
/// </summary>
public sealed class MelSpectrogram
{
    public const int Bands = 64;

    /// <summary>Power below this counts as this, so that digital silence has a logarithm.</summary>
    public const double Floor = 1e-10;

    private const double LinearHzPerMel = 200.0 / 3;
    private const double BreakHz = 1000, BreakMel = BreakHz / LinearHzPerMel;
    private static readonly double LogStep = Math.Log(6.4) / 27;
    private static readonly Band[] Filters = MakeFilters();

    private readonly float[] _logMel = new float[Bands];

    /// <summary>−23.03 (silence) to about 5.</summary>
    public ReadOnlySpan<float> LogMel => _logMel;

    /// <param name="power">As <see cref="Spectrum.Power"/> has it.</param>
    public void Analyse(ReadOnlySpan<double> power)
    {
        for (int band = 0; band < Bands; band++)
        {
            Band filter = Filters[band];
            double sum = 0;
            for (int i = 0; i < filter.Weights.Length; i++)
                sum += filter.Weights[i] * power[filter.FirstBin + i];
            _logMel[band] = (float)Math.Log(Math.Max(sum, Floor));
        }
    }

    private static double ToMel(double hz) =>
        hz < BreakHz ? hz / LinearHzPerMel : BreakMel + Math.Log(hz / BreakHz) / LogStep;

    private static double ToHz(double mel) =>
        mel < BreakMel ? mel * LinearHzPerMel : BreakHz * Math.Exp((mel - BreakMel) * LogStep);

    private static Band[] MakeFilters()
    {
        double lowest = ToMel(Spectrum.LowestHz);
        double step = (ToMel(Spectrum.HighestHz) - lowest) / (Bands + 1);
        var filters = new Band[Bands];
        for (int band = 0; band < Bands; band++)
            filters[band] = Triangle(ToHz(lowest + band * step), ToHz(lowest + (band + 1) * step), ToHz(lowest + (band + 2) * step));
        return filters;
    }

    private static Band Triangle(double left, double centre, double right)
    {
        int first = (int)Math.Floor(left / Spectrum.BinHz) + 1;
        int last = (int)Math.Ceiling(right / Spectrum.BinHz) - 1;
        var weights = new double[last - first + 1];
        for (int i = 0; i < weights.Length; i++)
        {
            double hz = (first + i) * Spectrum.BinHz;
            weights[i] = Math.Min((hz - left) / (centre - left), (right - hz) / (right - centre)) * 2 / (right - left);
        }
        return new Band(first, weights);
    }

    private readonly record struct Band(int FirstBin, double[] Weights);
}
