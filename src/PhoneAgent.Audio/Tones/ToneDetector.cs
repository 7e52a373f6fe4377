namespace PhoneAgent.Audio.Tones;

/// <summary>
/// Hears what lines and machines tell by tones: ringback, busy, congestion, special information, fax, the beep of an answering machine. Frames of
/// 20 ms; not thread-safe; allocates nothing after its construction.
/// </summary>
public sealed class ToneDetector
{
    private const int LineRate = 8_000;
    private const float LeastDb = -48;
    private const double Purity = 0.8;
    private const double PairPurity = 0.87;
    private const int SteadyFrames = 5;
    private const double SamePitch = 0.03;
    /// <summary>What follows a tone at once shows that it was no beep: the next of three, the next of a cadence.</summary>
    private const int AfterBeep = 6;
    private const int AfterLowBeep = 32;
    private const double LowBeep = 505;
    /// <summary>Longer it may be the ringback tone of most of the world.</summary>
    private const double LongestLowBeep = 0.65;

    private static readonly TonePair[] Pairs = [new(440, 480), new(480, 620), new(400, 450)];

    private readonly int _sampleRate;
    private readonly float[] _line = new float[LineRate / 50];
    private readonly Cadence _cadence = new();
    private readonly SpecialInformation _special = new();
    private readonly FaxTones _fax = new();
    private readonly BeepDetector _beeps;
    private ToneFrame _last;
    private int _steady;
    private int _beepIn;
    /// <summary>The tone that sounds has another meaning than a beep.</summary>
    private bool _isOther;

    /// <param name="sampleRate">8000 or 16000 Hz; what is above 4 kHz in it is taken for nothing.</param>
    public ToneDetector(int sampleRate)
    {
        if (sampleRate is not (8_000 or 16_000))
            throw new ArgumentOutOfRangeException(nameof(sampleRate), sampleRate, "Tones are looked for at 8000 or 16000 Hz.");
        _sampleRate = sampleRate;
        _beeps = new BeepDetector(sampleRate);
    }

    /// <summary>The last frames were one steady tone: nobody speaks, whatever a voice detector says.</summary>
    public bool IsTone => _steady >= SteadyFrames;

    /// <summary>Takes 20 ms.</summary>
    /// <returns>What has become sure with this frame; each once.</returns>
    public CallTone Push(ReadOnlySpan<short> frame)
    {
        ToneFrame heard = Look(frame);
        // Where two tones beat against each other a frame may look like one.
        bool isSame = heard.IsTone && (Math.Abs(heard.Hz - _last.Hz) < SamePitch * _last.Hz || (heard.IsLow && _last.IsLow && (heard.IsPair || _last.IsPair)));
        (_last, _steady) = (heard, isSame ? _steady + 1 : heard.IsTone ? 1 : 0);
        CallTone special = _special.Push(heard), cadence = _cadence.Push(heard), fax = _fax.Push(heard);
        CallTone beep = Beep(frame, isOther: special != CallTone.None || fax != CallTone.None);
        return special != CallTone.None ? special : fax != CallTone.None ? fax : cadence != CallTone.None ? cadence : beep;
    }

    private CallTone Beep(ReadOnlySpan<short> frame, bool isOther)
    {
        _isOther |= isOther;
        if (_beeps.Push(frame))
        {
            bool isLow = _beeps.Hz < LowBeep;
            _beepIn = _isOther || (isLow && _beeps.Seconds > LongestLowBeep) ? 0 : isLow ? AfterLowBeep : AfterBeep;
        }
        else if (_steady == 0)
            _isOther = false;
        // Counted in frames without a tone: two in a row are the next one's, one may be an edge.
        if (_beepIn == 0)
            return CallTone.None;
        if (_steady > 1)
            _beepIn = 0;
        return _beepIn > 0 && --_beepIn == 0 ? CallTone.Beep : CallTone.None;
    }

    private ToneFrame Look(ReadOnlySpan<short> frame)
    {
        float levelDb = Level.RmsDb(frame);
        if (levelDb < LeastDb)
            return new ToneFrame(levelDb, 0, false);
        double hz = PureTone.PitchOf(frame, _sampleRate, Purity);
        return new ToneFrame(levelDb, hz, hz == 0 && IsPair(frame));
    }

    private bool IsPair(ReadOnlySpan<short> frame)
    {
        int stride = _sampleRate / LineRate;
        for (int i = 0; i < _line.Length; i++)
            _line[i] = i * stride < frame.Length ? frame[i * stride] : 0;
        foreach (TonePair pair in Pairs)
            if (pair.ShareOf(_line) >= PairPurity)
                return true;
        return false;
    }
}
