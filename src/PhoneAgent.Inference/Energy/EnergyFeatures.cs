using System.Numerics;
using System.Runtime.InteropServices;

namespace PhoneAgent.Inference.Energy;

/// <summary>
/// What tells speech from noise without a model, per frame of 20 ms: level over an adaptive floor, voicing (the best
/// autocorrelation at a pitch period), how the level moves, and spectral tilt. One per stream; does not allocate.
/// </summary>
internal sealed class EnergyFeatures
{
    public const int Count = 6;

    private const int Frame = PhoneBand.FrameSamples;
    private const int Window = 2 * Frame; // 40 ms holds two periods of the deepest voice
    private const int ShortestPeriod = 20; // 400 Hz
    private const int LongestPeriod = 136; // 59 Hz
    private const int LevelHistory = 16; // 320 ms: a syllable and its gap
    private const int FloorBlocks = 10;
    private const int FloorBlockFrames = 8; // 10 × 160 ms: longer than a breath group without a dip is rare
    private const float HighPass = 0.86f; // 190 Hz at 8 kHz: hum and rumble are below
    private const float QuietestDb = -75;

    private readonly PhoneBand band = new();
    private readonly float[] samples = new float[LongestPeriod + Window];
    private readonly float[] levels = new float[LevelHistory];
    private readonly float[] floors = new float[FloorBlocks];
    private float previousIn;
    private float previousOut;
    private long frames;

    /// <summary>Level of the last frame in dBFS, above 190 Hz.</summary>
    public float LevelDb { get; private set; }

    public void Push(ReadOnlySpan<short> frame, Span<float> features)
    {
        samples.AsSpan(Frame).CopyTo(samples);
        var fresh = samples.AsSpan(samples.Length - Frame);
        band.Process(frame, fresh);
        RemoveRumble(fresh);
        LevelDb = Math.Max(QuietestDb, 10 * MathF.Log10(Dot(fresh, fresh) / Frame + 1e-12f));
        levels[frames % LevelHistory] = LevelDb;
        var floor = TrackFloor();
        frames++;

        var window = samples.AsSpan(LongestPeriod, Window);
        var energy = Dot(window, window) + 1e-9f;
        features[0] = 1;
        features[1] = Math.Clamp(LevelDb - floor, 0, 30) / 10;
        features[2] = Voicing(energy);
        features[3] = Math.Min(Deviation(), 12) / 6;
        features[4] = Dot(window, samples.AsSpan(LongestPeriod - 1, Window)) / energy;
        features[5] = (LevelDb + 40) / 10;
    }

    public void Reset()
    {
        band.Reset();
        Array.Clear(samples);
        previousIn = previousOut = 0;
        frames = 0;
    }

    private void RemoveRumble(Span<float> fresh)
    {
        for (var i = 0; i < fresh.Length; i++)
        {
            var x = fresh[i];
            previousOut = HighPass * (previousOut + x - previousIn);
            previousIn = x;
            fresh[i] = previousOut;
        }
    }

    /// <summary>Minimum statistics: the lowest level of the last 1.6 s.</summary>
    private float TrackFloor()
    {
        var block = (int)(frames / FloorBlockFrames % FloorBlocks);
        if (frames % FloorBlockFrames == 0)
            floors[block] = LevelDb;
        floors[block] = Math.Min(floors[block], LevelDb);
        var known = (int)Math.Min(FloorBlocks, frames / FloorBlockFrames + 1);
        var floor = floors[0];
        for (var i = 1; i < known; i++)
            floor = Math.Min(floor, floors[i]);
        return floor;
    }

    private float Voicing(float energy)
    {
        var window = samples.AsSpan(LongestPeriod, Window);
        var lagged = 0f;
        for (var i = 0; i < Window; i++)
        {
            var x = samples[LongestPeriod - ShortestPeriod + i];
            lagged += x * x;
        }
        var best = 0f;
        for (var period = ShortestPeriod; period <= LongestPeriod; period++)
        {
            var at = LongestPeriod - period;
            var product = Dot(window, samples.AsSpan(at, Window));
            if (product > 0)
                best = Math.Max(best, product * product / (energy * (lagged + 1e-9f)));
            if (at > 0)
                lagged += samples[at - 1] * samples[at - 1] - samples[at + Window - 1] * samples[at + Window - 1];
        }
        return MathF.Sqrt(Math.Clamp(best, 0, 1));
    }

    private float Deviation()
    {
        var known = (int)Math.Min(LevelHistory, frames);
        float sum = 0, squares = 0;
        for (var i = 0; i < known; i++)
        {
            sum += levels[i];
            squares += levels[i] * levels[i];
        }
        var mean = sum / known;
        return MathF.Sqrt(Math.Max(0, squares / known - mean * mean));
    }

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var va = MemoryMarshal.Cast<float, Vector<float>>(a);
        var vb = MemoryMarshal.Cast<float, Vector<float>>(b);
        var sum = Vector<float>.Zero;
        for (var i = 0; i < va.Length; i++)
            sum += va[i] * vb[i];
        var total = Vector.Sum(sum);
        for (var i = va.Length * Vector<float>.Count; i < a.Length; i++)
            total += a[i] * b[i];
        return total;
    }
}
