namespace PhoneAgent.Audio;

/// <summary>One or two sines with soft edges. Not thread-safe.</summary>
/// <param name="sampleRate">In Hz.</param>
public sealed class ToneGenerator(int sampleRate)
{
    private const double EdgeSeconds = 0.003;

    private double _phase1;
    private double _phase2;
    private double _step1;
    private double _step2;
    private float _amplitude1;
    private float _amplitude2;
    private int _position;
    private int _length;
    private readonly int _edge = Math.Max(1, (int)(EdgeSeconds * sampleRate));

    /// <summary>True when the tone has been written completely.</summary>
    public bool IsDone => _position >= _length;

    /// <summary>Starts a digit; −8 dBFS the high and −10 dBFS the low tone, as telephones send it. False when it is no digit.</summary>
    public bool StartDigit(char digit, TimeSpan duration, float gainDb = 0)
    {
        if (Dtmf.FrequenciesOf(digit) is not var (low, high))
            return false;
        Start(low, -10 + gainDb, high, -8 + gainDb, duration);
        return true;
    }

    /// <summary>Starts two tones; levels are peaks in dBFS.</summary>
    public void Start(float hz1, float level1Db, float hz2, float level2Db, TimeSpan duration)
    {
        _step1 = 2 * Math.PI * hz1 / sampleRate;
        _step2 = 2 * Math.PI * hz2 / sampleRate;
        _amplitude1 = Level.FromDb(level1Db);
        _amplitude2 = Level.FromDb(level2Db);
        _phase1 = _phase2 = 0;
        _position = 0;
        _length = (int)(duration.TotalSeconds * sampleRate);
    }

    /// <summary>Starts one tone.</summary>
    public void Start(float hz, float levelDb, TimeSpan duration)
    {
        Start(hz, levelDb, 0, Level.FloorDb, duration);
        _amplitude2 = 0;
    }

    /// <summary>Writes the next samples, silence after the end.</summary>
    /// <returns>How many belong to the tone.</returns>
    public int Fill(Span<short> frame)
    {
        int count = Math.Min(frame.Length, _length - _position);
        for (int i = 0; i < count; i++, _position++)
        {
            float edge = Math.Min(1f, Math.Min(_position + 1, _length - _position) / (float)_edge);
            double value = _amplitude1 * Math.Sin(_phase1) + _amplitude2 * Math.Sin(_phase2);
            frame[i] = VectorMath.ToSample((float)(value * edge));
            _phase1 = Turn(_phase1 + _step1);
            _phase2 = Turn(_phase2 + _step2);
        }
        frame[count..].Clear();
        return count;
    }

    private static double Turn(double phase) => phase >= 2 * Math.PI ? phase - 2 * Math.PI : phase;
}
