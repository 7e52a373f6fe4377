namespace PhoneAgent.Audio;

/// <summary>Turns a stream up or down without clicks: each change is a linear ramp. Not thread-safe.</summary>
public sealed class Gain(int sampleRate)
{
    private float _current = 1;
    private float _target = 1;
    private float _step;

    /// <summary>The factor in force now, 1 for unchanged.</summary>
    public float Current => _current;

    /// <summary>Goes to <paramref name="gainDb"/> within <paramref name="ramp"/>, from wherever the gain is now.</summary>
    public void RampTo(float gainDb, TimeSpan ramp) => RampToFactor(MathF.Pow(10, gainDb / 20), ramp);

    /// <summary>Fades to silence.</summary>
    public void RampToSilence(TimeSpan ramp) => RampToFactor(0, ramp);

    public void Apply(Span<short> samples)
    {
        int i = 0;
        for (; i < samples.Length && _current != _target; i++)
        {
            _current = MathF.Abs(_target - _current) <= MathF.Abs(_step) ? _target : _current + _step;
            samples[i] = VectorMath.ToSample(samples[i] * _current);
        }
        if (_current == 1)
            return;
        for (; i < samples.Length; i++)
            samples[i] = VectorMath.ToSample(samples[i] * _current);
    }

    private void RampToFactor(float factor, TimeSpan ramp)
    {
        _target = factor;
        float samples = Math.Max(1, (float)ramp.TotalSeconds * sampleRate);
        _step = (_target - _current) / samples;
    }
}
