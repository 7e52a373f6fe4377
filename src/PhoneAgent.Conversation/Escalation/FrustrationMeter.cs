namespace PhoneAgent.Conversation.Escalation;

/// <summary>
/// A caller's frustration as one number from 0 to 1 that grows by signs and fades with a half-life. Simple sums on
/// purpose: a supervisor can add the contributions of the timeline up with pencil and paper. One per call; not thread-safe.
/// </summary>
public sealed class FrustrationMeter(FrustrationOptions options)
{
    private double _score;
    private TimeSpan _at;

    /// <summary>The score at a moment; media time, never earlier than the last <see cref="Add"/>.</summary>
    public double ScoreAt(TimeSpan now) => now <= _at ? _score : _score * Math.Pow(0.5, (now - _at) / options.HalfLife);

    /// <summary>Adds a sign.</summary>
    /// <param name="strength">0–1: the share of the source's weight.</param>
    /// <returns>What it really changed, after the limits 0 and 1.</returns>
    public double Add(FrustrationSource source, double strength, TimeSpan now)
    {
        double before = ScoreAt(now);
        _score = Math.Clamp(before + options.WeightOf(source) * Math.Clamp(strength, 0, 1), 0, 1);
        _at = now > _at ? now : _at;
        return _score - before;
    }
}
