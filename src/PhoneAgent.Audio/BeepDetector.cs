using PhoneAgent.Audio.Tones;

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
    private const double Purity = 0.88;
    private const double SamePitch = 0.015;
    private const float SameLevelDb = 2;

    private double _hz;
    private float _levelDb;
    private long _samples;

    /// <summary>The pitch of the last beep in Hz; 0 before the first.</summary>
    public double Hz { get; private set; }

    /// <summary>How long the last beep lasted.</summary>
    public double Seconds { get; private set; }

    /// <summary>Takes some 20 ms.</summary>
    /// <returns>True once for each beep, when it is over.</returns>
    public bool Push(ReadOnlySpan<short> frame)
    {
        float levelDb = Level.RmsDb(frame);
        double hz = levelDb < LeastDb ? 0 : PitchOf(frame);
        bool goesOn = hz > 0 && _samples > 0 && Math.Abs(hz - _hz) < SamePitch * _hz && Math.Abs(levelDb - _levelDb) < SameLevelDb;
        double lasted = _samples / (double)sampleRate;
        bool isBeep = !goesOn && lasted is >= ShortestSeconds and <= LongestSeconds;
        if (isBeep)
            (Hz, Seconds) = (_hz, lasted);
        (_hz, _levelDb, _samples) = (hz, levelDb, goesOn ? _samples + frame.Length : hz > 0 ? frame.Length : 0);
        return isBeep;
    }

    /// <summary>The pitch of a frame that is one pure tone, else 0.</summary>
    private double PitchOf(ReadOnlySpan<short> frame)
    {
        double hz = PureTone.PitchOf(frame, sampleRate, Purity);
        return hz is >= LowestHz and <= HighestHz ? hz : 0;
    }
}
