namespace PhoneAgent.Audio.Features;

/// <summary>The power spectrum of a 25 ms window: Hann (periodic), padded to 512 samples, 31.25 Hz a bin. Not thread-safe.</summary>
public sealed class Spectrum
{
    public const int FftSize = 512;
    public const int Bins = FftSize / 2 + 1;
    public const double BinHz = (double)FeatureFrames.SampleRate / FftSize;

    /// <summary>
    /// What telephone audio holds. Above lies nothing but the resampler's skirt, below the mains hum; a feature that looked
    /// there would learn the line and not the voice.
    /// </summary>
    public const double LowestHz = 60, HighestHz = 3800;

    private static readonly double[] Hann = MakeHann();

    private readonly Fft _fft = new(FftSize);
    private readonly double[] _windowed = new double[FeatureFrames.WindowSamples];
    private readonly double[] _power = new double[Bins];

    /// <summary>Squared magnitudes of <see cref="Bins"/> bins, for samples of −1 to 1.</summary>
    public ReadOnlySpan<double> Power => _power;

    /// <param name="window">25 ms as <see cref="FeatureFrames.Window"/> has them.</param>
    public void Analyse(ReadOnlySpan<float> window)
    {
        window = window[..FeatureFrames.WindowSamples];
        for (int i = 0; i < window.Length; i++)
            _windowed[i] = window[i] * Hann[i];
        _fft.Power(_windowed, _power);
    }

    private static double[] MakeHann()
    {
        var hann = new double[FeatureFrames.WindowSamples];
        for (int i = 0; i < hann.Length; i++)
            hann[i] = 0.5 - 0.5 * Math.Cos(2 * Math.PI * i / hann.Length);
        return hann;
    }
}
