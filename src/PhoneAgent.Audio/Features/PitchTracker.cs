namespace PhoneAgent.Audio.Features;

/// <summary>The pitch of one frame.</summary>
/// <param name="Hz">60 to 400; 0 when the frame is not voiced.</param>
/// <param name="Clarity">0 (noise) to 1 (a perfect period), voiced or not.</param>
public readonly record struct Pitch(float Hz, float Clarity)
{
    public bool IsVoiced => Hz > 0;
}

/// <summary>
/// Fundamental frequency by YIN: A. de Cheveigné and H. Kawahara, "YIN, a fundamental frequency estimator for speech and
/// music", JASA 111 (2002), steps 2 to 5, with hysteresis for voiced and unvoiced, and a guard that follows a jump of near
/// an octave only when it lasts. Needs no fundamental in the signal, which a telephone cuts off. Looks back 49 ms: the
/// estimate is that of about 24 ms before the frame's end. Not thread-safe.
/// </summary>
public sealed class PitchTracker
{
    public const float LowestHz = 60, HighestHz = 400;

    private const int ShortestLag = (int)(FeatureFrames.SampleRate / HighestHz);
    private const int LongestLag = (int)(FeatureFrames.SampleRate / LowestHz) + 1;
    private const int Window = 512;
    // One lag more, so that the longest has a neighbour on both sides.
    private const int Lags = LongestLag + 2;
    private const float DipThreshold = 0.15f;
    private const float StartsBelow = 0.35f, EndsAbove = 0.45f;
    private const float SilenceDb = -60;
    private const double JumpOctaves = 0.45, NearOctaves = 0.25;
    private const float ExtraForNearDip = 0.1f;
    private const int FramesToBelieveJump = 4;

    private readonly float[] _difference = new float[Lags];
    private readonly float[] _normalised = new float[Lags];
    private double _heldLag;
    private int _jumps;

    /// <summary>The last frame's pitch.</summary>
    public Pitch Estimate { get; private set; }

    /// <param name="history">As <see cref="FeatureFrames.History"/> has it.</param>
    /// <param name="energyDb">The frame's level in dBFS: what is nearly silent is not voiced.</param>
    public void Analyse(ReadOnlySpan<float> history, float energyDb)
    {
        if (energyDb < SilenceDb)
        {
            Release(0);
            return;
        }
        Differences(history[^(Window + Lags - 1)..]);
        int lag = Guard(FirstDip());
        float depth = _normalised[lag];
        float clarity = Math.Clamp(1 - depth, 0, 1);
        if (depth > (_heldLag > 0 ? EndsAbove : StartsBelow) || !IsDip(lag))
        {
            Release(clarity);
            return;
        }
        _heldLag = Interpolate(lag);
        Estimate = new Pitch(Math.Clamp((float)(FeatureFrames.SampleRate / _heldLag), LowestHz, HighestHz), clarity);
    }

    /// <summary>Forgets what came before, as for a new stream.</summary>
    public void Reset() => Release(0);

    private void Release(float clarity)
    {
        _heldLag = 0;
        _jumps = 0;
        Estimate = new Pitch(0, clarity);
    }

    /// <summary>YIN's eq. 6 and 8; the squares are opened so that the products are one vector filter.</summary>
    private void Differences(ReadOnlySpan<float> signal)
    {
        ReadOnlySpan<float> start = signal[..Window];
        VectorMath.Filter(start, signal, _difference);
        double still = VectorMath.Dot(start, start);
        double moved = still;
        double sum = 0;
        _difference[0] = 0;
        _normalised[0] = 1;
        for (int lag = 1; lag < Lags; lag++)
        {
            float gone = signal[lag - 1], come = signal[lag - 1 + Window];
            moved += come * come - gone * gone;
            double difference = Math.Max(0, still + moved - 2 * _difference[lag]);
            sum += difference;
            _difference[lag] = (float)difference;
            _normalised[lag] = sum <= 0 ? 1 : (float)(difference * lag / sum);
        }
    }

    /// <summary>The bottom of the first dip that is deep enough, otherwise of the deepest.</summary>
    private int FirstDip()
    {
        int deepest = ShortestLag;
        for (int lag = ShortestLag; lag <= LongestLag; lag++)
        {
            if (_normalised[lag] < DipThreshold && IsDip(lag))
                return lag;
            if (_normalised[lag] < _normalised[deepest])
                deepest = lag;
        }
        return deepest;
    }

    private bool IsDip(int lag) => _normalised[lag] <= _normalised[lag - 1] && _normalised[lag] <= _normalised[lag + 1];

    /// <summary>Stays near the last pitch while a dip there is nearly as good, unless the other has been better for long.</summary>
    private int Guard(int found)
    {
        if (_heldLag <= 0 || Math.Abs(Math.Log2(found / _heldLag)) < JumpOctaves)
        {
            _jumps = 0;
            return found;
        }
        if (++_jumps >= FramesToBelieveJump)
        {
            _jumps = 0;
            return found;
        }
        int first = Math.Max(ShortestLag, (int)(_heldLag * double.Exp2(-NearOctaves)));
        int last = Math.Min(LongestLag, (int)(_heldLag * double.Exp2(NearOctaves)));
        int near = first;
        for (int lag = first; lag <= last; lag++)
        {
            if (_normalised[lag] < _normalised[near])
                near = lag;
        }
        return IsDip(near) && _normalised[near] <= _normalised[found] + ExtraForNearDip ? near : found;
    }

    /// <summary>The bottom of the parabola through three differences; on these and not the normalised ones, which lean (step 5).</summary>
    private double Interpolate(int lag)
    {
        double before = _difference[lag - 1], at = _difference[lag], after = _difference[lag + 1];
        double curve = before - 2 * at + after;
        return curve <= 0 ? lag : lag + Math.Clamp(0.5 * (before - after) / curve, -1, 1);
    }
}
