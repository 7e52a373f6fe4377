namespace PhoneAgent.Audio.Features;

/// <summary>
/// Peaks against valleys in six bands an octave wide: the logarithm of the mean of the largest fifth of the magnitudes less that of
/// the smallest fifth. Jiang, Lu, Zhang, Tao and Cai, "Music type classification by spectral contrast feature", ICME
/// 2002, §2. High for voiced speech, low for noise. Not thread-safe.
/// </summary>
public sealed class SpectralContrast
{
    public const int Bands = 6;

    /// <summary>Jiang et al. found no difference from 0.02 to 0.2; the lowest band has four bins here and needs the most.</summary>
    private const double Neighbourhood = 0.2;
    private const double Floor = 1e-5;
    private static readonly double[] EdgesHz = [Spectrum.LowestHz, 200, 400, 800, 1600, 3200, Spectrum.HighestHz];
    private static readonly int[] Edges = Array.ConvertAll(EdgesHz, hz => (int)Math.Ceiling(hz / Spectrum.BinHz));

    private readonly float[] _contrast = new float[Bands];
    private readonly double[] _sorted = new double[Spectrum.Bins];

    /// <summary>In natural logarithms; 0 for silence.</summary>
    public ReadOnlySpan<float> Contrast => _contrast;

    /// <param name="power">As <see cref="Spectrum.Power"/> has it.</param>
    public void Analyse(ReadOnlySpan<double> power)
    {
        for (int band = 0; band < Bands; band++)
        {
            Span<double> sorted = _sorted.AsSpan(0, Edges[band + 1] - Edges[band]);
            for (int i = 0; i < sorted.Length; i++)
                sorted[i] = Math.Sqrt(power[Edges[band] + i]);
            sorted.Sort();
            int count = Math.Max(1, (int)(Neighbourhood * sorted.Length));
            _contrast[band] = (float)(LogMean(sorted[^count..]) - LogMean(sorted[..count]));
        }
    }

    private static double LogMean(ReadOnlySpan<double> magnitudes)
    {
        double sum = 0;
        foreach (double magnitude in magnitudes)
            sum += magnitude;
        return Math.Log(Math.Max(sum / magnitudes.Length, Floor));
    }
}
