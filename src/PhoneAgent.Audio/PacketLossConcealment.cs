namespace PhoneAgent.Audio;

/// <summary>
/// Fills lost packets by repeating the last pitch periods, in the manner of G.711 Appendix I: full level for 10 ms, then a
/// fade to silence at 60 ms, more periods as the gap gets longer, and a cross-fade into the first packet after it. Unlike the
/// appendix it adds no delay: the join to the last good sample is made by letting the difference die away. Not thread-safe.
/// </summary>
public sealed class PacketLossConcealment
{
    private readonly int _minLag;
    private readonly int _maxLag;
    private readonly int _window;
    private readonly int _hold;
    private readonly int _fade;
    private readonly int _join;
    private readonly float[] _history;
    private readonly float[] _beforeGap;
    private readonly float[] _cycle;

    private int _cycleLength;
    private int _cyclePosition;
    private int _lag;
    private int _periods;
    private int _concealed;
    private float _offset;

    /// <param name="sampleRate">8000 or 16000.</param>
    public PacketLossConcealment(int sampleRate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 8000);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sampleRate, 48000);
        // Pitch of 66 to 400 Hz, compared over 20 ms.
        _minLag = sampleRate / 400;
        _maxLag = sampleRate * 15 / 1000;
        _window = sampleRate / 50;
        _hold = sampleRate / 100;
        _fade = sampleRate * 60 / 1000;
        _join = sampleRate * 4 / 1000;
        // Three periods, and a quarter of one to join their ends.
        _history = new float[Math.Max(_maxLag * 3 + _maxLag, _maxLag + _window)];
        _beforeGap = new float[_history.Length];
        _cycle = new float[_maxLag * 3];
    }

    /// <summary>True while packets are missing.</summary>
    public bool IsConcealing => _concealed > 0;

    /// <summary>Takes a decoded frame. The first one after a gap is changed: its start is mixed with the end of the concealment.</summary>
    public void Accept(Span<short> frame)
    {
        if (_concealed > 0)
            CrossFade(frame);
        _concealed = 0;
        Remember(frame);
    }

    /// <summary>Makes a frame in place of one that is missing.</summary>
    public void Conceal(Span<short> frame)
    {
        if (_concealed == 0)
            Begin();
        for (int i = 0; i < frame.Length; i++)
            frame[i] = VectorMath.ToSample(Next());
        Remember(frame);
    }

    /// <summary>Forgets the stream.</summary>
    public void Reset()
    {
        _history.AsSpan().Clear();
        _concealed = 0;
    }

    private void Begin()
    {
        _lag = PitchLag.Find(_history, _minLag, _maxLag, _window, out _);
        _history.CopyTo(_beforeGap);
        _periods = 1;
        TakePeriods();
        _cyclePosition = 0;
        _offset = _history[^1] - _cycle[_cycleLength - 1];
    }

    /// <summary>Cuts the last periods out and bends their end so that it runs into their beginning.</summary>
    private void TakePeriods()
    {
        ReadOnlySpan<float> signal = _beforeGap;
        _cycleLength = _lag * _periods;
        int overlap = _lag / 4;
        ReadOnlySpan<float> last = signal[^_cycleLength..];
        last.CopyTo(_cycle);
        ReadOnlySpan<float> before = signal.Slice(signal.Length - _cycleLength - overlap, overlap);
        for (int i = 0; i < overlap; i++)
        {
            float weight = (i + 1f) / (overlap + 1);
            ref float sample = ref _cycle[_cycleLength - overlap + i];
            sample += (before[i] - sample) * weight;
        }
    }

    private float Next()
    {
        if (_cyclePosition == _cycleLength)
        {
            _cyclePosition = 0;
            // One period over and over sounds like a buzzer after 10 ms: two then, and three after 20 (Appendix I.2.4).
            int periods = Math.Min(1 + _concealed / _hold, 3);
            if (periods != _periods)
            {
                _periods = periods;
                TakePeriods();
            }
        }
        float gain = _concealed < _hold ? 1 : Math.Max(0, 1 - (_concealed - _hold) / (float)(_fade - _hold));
        float sample = _cycle[_cyclePosition++] + _offset;
        _offset *= 0.9f;
        _concealed++;
        return sample * gain;
    }

    private void CrossFade(Span<short> frame)
    {
        // 4 ms, and 4 more for every 10 ms that were lost, up to 10 ms (Appendix I.2.7).
        int length = Math.Min(Math.Min(_join + _join * _concealed / _hold, _hold), frame.Length);
        for (int i = 0; i < length; i++)
        {
            float weight = (i + 1f) / (length + 1);
            frame[i] = VectorMath.ToSample(frame[i] * weight + Next() * (1 - weight));
        }
    }

    private void Remember(ReadOnlySpan<short> frame)
    {
        if (frame.Length > _history.Length)
            frame = frame[^_history.Length..];
        _history.AsSpan(frame.Length).CopyTo(_history);
        VectorMath.Widen(frame, _history.AsSpan(_history.Length - frame.Length));
    }
}
