namespace PhoneAgent.Audio.Features;

/// <summary>
/// Power by pitch class, C first, A at 440 Hz, the strongest being 1. Each bin of the spectrum spreads over the classes by a
/// Gaussian as wide as the bin is (at least a semitone), after Ellis, "Chroma feature analysis and synthesis", 2007. Tells
/// music on hold and tones from speech rather than one emotion from another. Not thread-safe; the weights are shared.
/// </summary>
public sealed class Chroma
{
    public const int Classes = 12;

    private const double Floor = 1e-10;
    private static readonly int FirstBin = (int)Math.Ceiling(Spectrum.LowestHz / Spectrum.BinHz);
    private static readonly int EndBin = (int)Math.Ceiling(Spectrum.HighestHz / Spectrum.BinHz);
    private static readonly double[] Weights = MakeWeights();

    private readonly float[] _classes = new float[Classes];
    private readonly double[] _sums = new double[Classes];

    /// <summary>0 to 1; all 0 for silence.</summary>
    public ReadOnlySpan<float> Strengths => _classes;

    /// <param name="power">As <see cref="Spectrum.Power"/> has it.</param>
    public void Analyse(ReadOnlySpan<double> power)
    {
        _sums.AsSpan().Clear();
        for (int bin = FirstBin; bin < EndBin; bin++)
        {
            ReadOnlySpan<double> weights = Weights.AsSpan((bin - FirstBin) * Classes, Classes);
            for (int i = 0; i < Classes; i++)
                _sums[i] += weights[i] * power[bin];
        }
        double largest = 0;
        foreach (double sum in _sums)
            largest = Math.Max(largest, sum);
        for (int i = 0; i < Classes; i++)
            _classes[i] = largest < Floor ? 0 : (float)(_sums[i] / largest);
    }

    private static double[] MakeWeights()
    {
        var weights = new double[(EndBin - FirstBin) * Classes];
        for (int bin = FirstBin; bin < EndBin; bin++)
        {
            double position = Position(bin);
            double width = Math.Max(1, Position(bin + 1) - position);
            Span<double> row = weights.AsSpan((bin - FirstBin) * Classes, Classes);
            double squares = 0;
            for (int i = 0; i < Classes; i++)
            {
                double distance = Math.IEEERemainder(position - i, Classes);
                row[i] = Math.Exp(-0.5 * Math.Pow(2 * distance / width, 2));
                squares += row[i] * row[i];
            }
            foreach (ref double weight in row)
                weight /= Math.Sqrt(squares);
        }
        return weights;
    }

    /// <summary>Semitones above a C.</summary>
    private static double Position(int bin) => 9 + Classes * Math.Log2(bin * Spectrum.BinHz / 440);
}
