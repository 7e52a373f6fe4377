using System.Numerics;

namespace PhoneAgent.Audio;

/// <summary>
/// Says whether what is received is only the echo of what was sent: the line's hybrid or the far end's loudspeaker gives
/// our own voice back, delayed and quieter. Normalised cross-correlation of the last received stretch with all that was
/// sent in the delay range, at a quarter of the rate (echo and speech agree or differ under 2 kHz already).
/// 16 kHz, frames of any multiple of 4 samples. Not thread-safe; no allocation after construction.
/// </summary>
public sealed class EchoDetector
{
    private const int Decimation = 4;
    private const int Rate = 16_000 / Decimation;
    private readonly int _window;
    private readonly int _history;
    private readonly float[] _sent;
    private readonly float[] _received;
    private int _filled;

    /// <param name="window">How much of what was received is compared; at least 60 ms are needed for a sure answer.</param>
    /// <param name="maxDelay">The longest echo path: network both ways, jitter buffers and the far end.</param>
    public EchoDetector(TimeSpan window, TimeSpan maxDelay)
    {
        _window = (int)(window.TotalSeconds * Rate);
        _history = _window + (int)(maxDelay.TotalSeconds * Rate);
        // Twice the history: samples are shifted down only when the end is reached.
        _sent = new float[2 * _history];
        _received = new float[2 * _history];
    }

    /// <summary>Adds what was sent and received in the same stretch of media time; same length, a multiple of 4.</summary>
    public void Add(ReadOnlySpan<short> sent, ReadOnlySpan<short> received)
    {
        int count = Math.Min(sent.Length, received.Length) / Decimation;
        if (_filled + count > _sent.Length)
        {
            int keep = Math.Min(_filled, _history);
            _sent.AsSpan(_filled - keep, keep).CopyTo(_sent);
            _received.AsSpan(_filled - keep, keep).CopyTo(_received);
            _filled = keep;
        }
        for (int i = 0; i < count; i++)
        {
            _sent[_filled + i] = Mean(sent, i);
            _received[_filled + i] = Mean(received, i);
        }
        _filled += count;
    }

    /// <summary>
    /// How much of the latest received stretch is explained by one delay of what was sent: 1 is a clean echo, speech of
    /// somebody else stays under 0.5. 0 when nothing was sent or too little is known.
    /// </summary>
    public float Likeness()
    {
        if (_filled < _window)
            return 0;
        ReadOnlySpan<float> recent = _received.AsSpan(_filled - _window, _window);
        float power = Dot(recent, recent);
        if (power < 1)
            return 0;
        float best = 0;
        int first = Math.Max(0, _filled - _history);
        float sentPower = Dot(_sent.AsSpan(first, _window), _sent.AsSpan(first, _window));
        for (int at = first; at + _window <= _filled; at++)
        {
            if (sentPower > 1)
            {
                float product = Dot(recent, _sent.AsSpan(at, _window));
                best = Math.Max(best, Math.Abs(product) / MathF.Sqrt(power * sentPower));
            }
            if (at + _window < _filled)
                sentPower = Math.Max(0, sentPower + _sent[at + _window] * _sent[at + _window] - _sent[at] * _sent[at]);
        }
        return Math.Min(1, best);
    }

    public void Reset() => _filled = 0;

    private static float Mean(ReadOnlySpan<short> samples, int index)
    {
        ReadOnlySpan<short> four = samples.Slice(index * Decimation, Decimation);
        return (four[0] + four[1] + four[2] + four[3]) / 4f;
    }

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        int lanes = Vector<float>.Count, i = 0;
        Vector<float> sum = Vector<float>.Zero;
        for (; i + lanes <= a.Length; i += lanes)
            sum += new Vector<float>(a[i..]) * new Vector<float>(b[i..]);
        float rest = Vector.Sum(sum);
        for (; i < a.Length; i++)
            rest += a[i] * b[i];
        return rest;
    }
}
