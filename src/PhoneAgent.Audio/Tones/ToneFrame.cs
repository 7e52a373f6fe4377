namespace PhoneAgent.Audio.Tones;

/// <summary>What 20 ms of a line consist of.</summary>
/// <param name="LevelDb">RMS, dBFS.</param>
/// <param name="Hz">The pitch where it is one pure tone, else 0.</param>
/// <param name="IsPair">It is two of the tones that lines send together.</param>
internal readonly record struct ToneFrame(float LevelDb, double Hz, bool IsPair)
{
    public bool IsTone => Hz > 0 || IsPair;

    /// <summary>The band that busy, congestion and ringback tones lie in: 400 to 450 Hz alone, or a pair (ITU-T E.180, its supplement 2).</summary>
    public bool IsLow => IsPair || Hz is > 375 and < 505;

    public bool IsNear(double hz, double tolerance) => Math.Abs(Hz - hz) <= tolerance;
}
