namespace PhoneAgent.Audio;

/// <summary>
/// Makes a decoded frame a little shorter or longer without a click and without changing the pitch, to follow a sender's
/// clock or a jitter buffer's delay: one pitch period is left out or doubled under a cross-fade. Speech that has no such
/// period is left as it is until it has. Not thread-safe.
/// </summary>
public sealed class TimeStretcher
{
    private const float NeededSimilarity = 0.7f;
    // Below this a change cannot be heard, whatever the similarity.
    private const float QuietDb = -50;

    private readonly int _minLag;
    private readonly int _maxLag;
    private readonly float[] _samples;

    /// <param name="maxFrameSamples">Longest frame that will come.</param>
    public TimeStretcher(int sampleRate, int maxFrameSamples)
    {
        _minLag = sampleRate / 400;
        _maxLag = sampleRate / 125;
        _samples = new float[maxFrameSamples];
    }

    /// <summary>The most that one call can add.</summary>
    public int MaxChange => _maxLag;

    /// <summary>Copies a frame, changed by at most one period.</summary>
    /// <param name="wanted">Samples to leave out (positive) or to add (negative): never more than that are.</param>
    /// <param name="target">The frame's length plus <see cref="MaxChange"/>. May not overlap the frame.</param>
    /// <returns>Samples written.</returns>
    public int Process(ReadOnlySpan<short> frame, int wanted, Span<short> target)
    {
        int limit = Math.Min(Math.Abs(wanted), _maxLag);
        int lag = limit < _minLag || frame.Length < 2 * _minLag || frame.Length > _samples.Length ? 0 : FindLag(frame, limit);
        if (lag == 0)
        {
            frame.CopyTo(target);
            return frame.Length;
        }
        return wanted > 0 ? Shorten(frame, lag, target) : Lengthen(frame, lag, target);
    }

    private int FindLag(ReadOnlySpan<short> frame, int limit)
    {
        limit = Math.Min(limit, frame.Length / 2);
        if (Level.RmsDb(frame) < QuietDb)
            return limit;
        Span<float> samples = _samples.AsSpan(0, frame.Length);
        VectorMath.Widen(frame, samples);
        int lag = PitchLag.Find(samples, _minLag, limit, frame.Length - limit, out float similarity);
        return similarity >= NeededSimilarity ? lag : 0;
    }

    // The frame's last two periods become one: the first fades into the second, and the end is the frame's own, which the
    // next frame continues.
    private static int Shorten(ReadOnlySpan<short> frame, int lag, Span<short> target)
    {
        int start = frame.Length - 2 * lag;
        frame[..start].CopyTo(target);
        for (int i = 0; i < lag; i++)
            target[start + i] = Mix(frame[start + i], frame[start + lag + i], i, lag);
        return frame.Length - lag;
    }

    // Between the last two periods a third: it begins as what follows the first and ends as what precedes the second.
    private static int Lengthen(ReadOnlySpan<short> frame, int lag, Span<short> target)
    {
        int start = frame.Length - lag;
        frame[..start].CopyTo(target);
        for (int i = 0; i < lag; i++)
            target[start + i] = Mix(frame[start + i], frame[start - lag + i], i, lag);
        frame[start..].CopyTo(target[(start + lag)..]);
        return frame.Length + lag;
    }

    private static short Mix(short from, short to, int index, int length)
    {
        float weight = (index + 1f) / (length + 1);
        return VectorMath.ToSample(from + (to - from) * weight);
    }
}
