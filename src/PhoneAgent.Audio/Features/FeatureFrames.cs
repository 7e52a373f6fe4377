namespace PhoneAgent.Audio.Features;

/// <summary>
/// Cuts a stream of 16 kHz samples into overlapping windows: 25 ms long, one every 10 ms. Window t covers the samples from
/// 160·t to 160·t + 399, whatever pieces the stream came in; nothing is padded, so the first comes after 400 samples. Behind
/// the window stands what came before it (zeros at the start), for what needs a longer view. Not thread-safe.
/// </summary>
public sealed class FeatureFrames
{
    public const int SampleRate = 16_000;
    public const int WindowSamples = 400;
    public const int HopSamples = 160;

    /// <summary>How far back <see cref="History"/> goes.</summary>
    public const int HistorySamples = 1024;

    public static readonly TimeSpan Hop = TimeSpan.FromMilliseconds(10);

    private readonly float[] _history = new float[HistorySamples];
    private int _missing = WindowSamples;

    /// <summary>The last samples up to the window's end, oldest first, as fractions of full scale (−1 to 1).</summary>
    public ReadOnlySpan<float> History => _history;

    /// <summary>The window at hand, the end of <see cref="History"/>.</summary>
    public ReadOnlySpan<float> Window => _history.AsSpan(HistorySamples - WindowSamples);

    /// <summary>RMS of the window in dBFS, <see cref="Level.FloorDb"/> to 0; computed when asked.</summary>
    public float EnergyDb => Level.ToDb(32768 * MathF.Sqrt(VectorMath.Dot(Window, Window) / WindowSamples));

    /// <summary>How many windows there have been.</summary>
    public long Count { get; private set; }

    /// <summary>Takes samples from the front of a span until a window is full: call it until it says no.</summary>
    /// <returns>True when there is a new window; false when the span is used up.</returns>
    public bool Next(ref ReadOnlySpan<short> samples)
    {
        int count = Math.Min(_missing, samples.Length);
        if (count > 0)
        {
            _history.AsSpan(count).CopyTo(_history);
            Span<float> fresh = _history.AsSpan(HistorySamples - count);
            VectorMath.Widen(samples[..count], fresh);
            for (int i = 0; i < fresh.Length; i++)
                fresh[i] *= 1 / 32768f;
            samples = samples[count..];
            _missing -= count;
        }
        if (_missing > 0)
            return false;
        _missing = HopSamples;
        Count++;
        return true;
    }

    /// <summary>Forgets what came before, as for a new stream.</summary>
    public void Reset()
    {
        _history.AsSpan().Clear();
        _missing = WindowSamples;
        Count = 0;
    }
}
