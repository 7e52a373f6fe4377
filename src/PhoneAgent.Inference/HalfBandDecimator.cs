namespace PhoneAgent.Inference;

/// <summary>
/// 16 → 8 kHz for detectors: a half-band FIR (every second tap is zero), Kaiser window, 60 dB from 4.6 kHz, 1.4 ms delay.
/// One per stream; does not allocate.
/// </summary>
internal sealed class HalfBandDecimator
{
    private const int SidePairs = 12;
    private const int Taps = 4 * SidePairs - 1;
    private const double KaiserBeta = 5.65;

    /// <summary>Taps at odd distances from the centre, nearest first; the centre is 1/2.</summary>
    private static readonly float[] Side = Design();

    private readonly float[] line;
    private readonly int frame;

    /// <param name="frameSamples">Input samples of each call; even.</param>
    public HalfBandDecimator(int frameSamples)
    {
        frame = frameSamples;
        line = new float[Taps - 1 + frameSamples];
    }

    /// <summary>Half as many samples out as in, −1…1.</summary>
    public void Process(ReadOnlySpan<short> input, Span<float> output)
    {
        if (input.Length != frame)
            throw new ArgumentException($"{input.Length} samples; frames of {frame} are expected.", nameof(input));
        const float scale = 1f / 32768;
        for (var i = 0; i < input.Length; i++)
            line[Taps - 1 + i] = input[i] * scale;
        for (var i = 0; i < input.Length / 2; i++)
        {
            var centre = 2 * i + Taps / 2 + 1;
            var sum = 0.5f * line[centre];
            for (var k = 0; k < SidePairs; k++)
                sum += Side[k] * (line[centre - 1 - 2 * k] + line[centre + 1 + 2 * k]);
            output[i] = sum;
        }
        line.AsSpan(frame).CopyTo(line);
    }

    public void Reset() => Array.Clear(line);

    private static float[] Design()
    {
        var taps = new double[SidePairs];
        for (var k = 0; k < SidePairs; k++)
        {
            var distance = 2 * k + 1;
            var ratio = distance / (double)(2 * SidePairs);
            var window = BesselI0(KaiserBeta * Math.Sqrt(1 - ratio * ratio)) / BesselI0(KaiserBeta);
            taps[k] = Math.Sin(Math.PI * distance / 2) / (Math.PI * distance) * window;
        }
        var gain = 0.25 / taps.Sum(); // both sides together pass half of a constant
        return [.. taps.Select(t => (float)(t * gain))];
    }

    private static double BesselI0(double x)
    {
        double sum = 1, term = 1;
        for (var n = 1; n < 30; n++)
        {
            term *= x / (2 * n) * (x / (2 * n));
            sum += term;
        }
        return sum;
    }
}
