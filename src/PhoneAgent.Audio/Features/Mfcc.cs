namespace PhoneAgent.Audio.Features;

/// <summary>
/// Thirteen mel-frequency cepstral coefficients (orthonormal DCT-II of the log-mel bands) and their first and second
/// differences in time, by regression over five frames. The differences look back only: what is given with frame t is the slope of
/// frames t − 4 to t, thus 20 ms older than the coefficients (the second difference 40 ms). Before the first frame
/// stand copies of it. Not thread-safe.
/// </summary>
public sealed class Mfcc
{
    public const int Coefficients = 13;

    private static readonly double[] Dct = MakeDct();

    private readonly float[] _cepstrum = new float[Coefficients];
    private readonly RegressionDelta _delta = new(Coefficients);
    private readonly RegressionDelta _deltaDelta = new(Coefficients);

    public ReadOnlySpan<float> Cepstrum => _cepstrum;

    /// <summary>Change per frame of 10 ms.</summary>
    public ReadOnlySpan<float> Delta => _delta.Slopes;

    /// <summary>Change of <see cref="Delta"/> per frame of 10 ms.</summary>
    public ReadOnlySpan<float> DeltaDelta => _deltaDelta.Slopes;

    /// <param name="logMel">As <see cref="MelSpectrogram.LogMel"/> has it.</param>
    public void Analyse(ReadOnlySpan<float> logMel)
    {
        for (int k = 0; k < Coefficients; k++)
        {
            double sum = 0;
            for (int band = 0; band < MelSpectrogram.Bands; band++)
                sum += Dct[k * MelSpectrogram.Bands + band] * logMel[band];
            _cepstrum[k] = (float)sum;
        }
        _delta.Add(_cepstrum);
        _deltaDelta.Add(_delta.Slopes);
    }

    /// <summary>Forgets what came before, as for a new stream.</summary>
    public void Reset()
    {
        _delta.Reset();
        _deltaDelta.Reset();
    }

    private static double[] MakeDct()
    {
        const int bands = MelSpectrogram.Bands;
        var dct = new double[Coefficients * bands];
        for (int k = 0; k < Coefficients; k++)
        {
            double scale = Math.Sqrt((k == 0 ? 1.0 : 2.0) / bands);
            for (int band = 0; band < bands; band++)
                dct[k * bands + band] = scale * Math.Cos(Math.PI * k * (2 * band + 1) / (2 * bands));
        }
        return dct;
    }
}
