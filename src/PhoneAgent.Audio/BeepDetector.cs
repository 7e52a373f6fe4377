namespace PhoneAgent.Audio;

/// <summary>
/// Hears the beep after which an answering machine records: one pure tone of a steady pitch and level, longer than any such thing in
/// speech and shorter than what lines themselves send. Not thread-safe; allocates nothing.
/// </summary>
/// <param name="sampleRate">In Hz.</param>
public sealed class BeepDetector(int sampleRate)
{
    private const double LowestHz = 350;
    private const double HighestHz = 2_200;
    private const double ShortestSeconds = 0.16;
    private const double LongestSeconds = 2;
    private const float LeastDb = -40;
    private const double Purity = 0.93;
    private const double SamePitch = 0.015;
    private const float SameLevelDb = 2;

    private double _hz;
    private float _levelDb;
    private long _samples;

    /// <summary>Takes some 20 ms.</summary>
    /// <returns>True once for each beep, when it is over.</returns>
    public bool Push(ReadOnlySpan<short> frame)
    {
        float levelDb = Level.RmsDb(frame);
        double hz = levelDb < LeastDb ? 0 : PitchOf(frame);
        bool goesOn = hz > 0 && _samples > 0 && Math.Abs(hz - _hz) < SamePitch * _hz && Math.Abs(levelDb - _levelDb) < SameLevelDb;
        double lasted = _samples / (double)sampleRate;
        (_hz, _levelDb, _samples) = (hz, levelDb, goesOn ? _samples + frame.Length : hz > 0 ? frame.Length : 0);
        return !goesOn && lasted is >= ShortestSeconds and <= LongestSeconds;
    }

    /// <summary>The pitch of a frame that is one pure tone, else 0.</summary>
    private double PitchOf(ReadOnlySpan<short> frame)
    {
        // A sine obeys x[n] + x[n-2] = 2 cos(w) x[n-1]; least squares over the frame give w.
        double cross = 0, middle = 0;
        for (int i = 2; i < frame.Length; i++)
        {
            cross += (double)(frame[i] + frame[i - 2]) * frame[i - 1];
            middle += (double)frame[i - 1] * frame[i - 1];
        }
        double cosine = middle > 0 ? cross / (2 * middle) : 1;
        double step = Math.Acos(Math.Clamp(cosine, -1, 1));
        double hz = step * sampleRate / (2 * Math.PI);
        return hz is >= LowestHz and <= HighestHz && IsPure(frame, step) ? hz : 0;
    }

    /// <summary>Nearly all of the frame's power is at that one pitch.</summary>
    private static bool IsPure(ReadOnlySpan<short> frame, double step)
    {
        double re = 0, im = 0, power = 0;
        for (int i = 0; i < frame.Length; i++)
        {
            (double sine, double cosine) = Math.SinCos(step * i);
            re += frame[i] * cosine;
            im += frame[i] * sine;
            power += (double)frame[i] * frame[i];
        }
        return 2 * (re * re + im * im) / frame.Length > Purity * power;
    }
}
