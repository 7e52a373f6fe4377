namespace PhoneAgent.Audio;

/// <summary>
/// Comfort noise as RFC 3389 asks for: white noise of the sender's level. Its spectral coefficients are not used. Level changes
/// are smoothed over some ten milliseconds. Not thread-safe.
/// </summary>
public sealed class ComfortNoise(uint seed = 1)
{
    /// <summary>The static payload type at 8 kHz.</summary>
    public const byte PayloadType = 13;
    private const float Smoothing = 0.005f;
    // A uniform distribution over ±1 has an RMS of 1/√3.
    private const float UniformRms = 0.57735f;

    private uint _state = seed == 0 ? 1 : seed;
    private float _amplitude;
    private float _target;

    /// <summary>True once a level was told.</summary>
    public bool HasLevel { get; private set; }

    /// <summary>Takes the payload of a CN packet: a byte of 0 to 127, the level in −dBov. False when it is empty or wrong.</summary>
    public bool Update(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty || payload[0] > 127)
            return false;
        SetLevel(-payload[0]);
        return true;
    }

    /// <param name="levelDb">RMS in dBFS (dBov), −127 to 0.</param>
    public void SetLevel(float levelDb)
    {
        _target = Level.FromDb(levelDb) / UniformRms;
        HasLevel = true;
    }

    public void Fill(Span<short> frame)
    {
        foreach (ref short sample in frame)
        {
            _amplitude += (_target - _amplitude) * Smoothing;
            // xorshift32: quick, and white enough for the ear.
            _state ^= _state << 13;
            _state ^= _state >> 17;
            _state ^= _state << 5;
            sample = VectorMath.ToSample((int)_state * (_amplitude / int.MaxValue));
        }
    }
}
