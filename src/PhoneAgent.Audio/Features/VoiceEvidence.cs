namespace PhoneAgent.Audio.Features;

/// <summary>What speaks for a human voice in a stretch of sound.</summary>
/// <param name="Loud">How long it was loud: within 25 dB of its loudest, and above −55 dBFS.</param>
/// <param name="VoicedShare">Of the loud frames, 0–1: speech has 0.3 to 0.9, rain or an engine next to nothing.</param>
/// <param name="PitchSpread">Of the loud voiced frames from the 5th to the 95th percentile, in semitones: a tone or a signal has next to none.</param>
/// <param name="SteadyShare">Of neighbouring voiced frames, those whose pitch stays within 4 cents, 0–1: notes are held, voices move.</param>
/// <param name="ClippedShare">Of the loud frames' samples, those beyond −2 dBFS, 0–1: a voice that fits has next to none.</param>
public readonly record struct VoiceSigns(TimeSpan Loud, double VoicedShare, double PitchSpread, double SteadyShare, double ClippedShare);

/// <summary>
/// Gathers, frame by frame, whether a sound can be a voice at all, so that noise is not judged as one. Histograms only: any
/// length, allocates only when made. Not thread-safe.
/// </summary>
public sealed class VoiceEvidence
{
    private const int Levels = 97;
    private const int LoudRange = 25;
    private const int LeastLoudDb = -55;
    private const int ClippedFrom = 26_000;
    private const double StepsPerSemitone = 4, SteadySemitones = 0.04;
    private static readonly int PitchSteps = (int)(12 * StepsPerSemitone * Math.Log2(PitchTracker.HighestHz / PitchTracker.LowestHz)) + 1;

    private readonly int[] _frames = new int[Levels]; // by level in dB below full scale
    private readonly int[] _clipped = new int[Levels];
    private readonly int[] _voiced;
    private float _lastHz;
    private int _pairs, _steady;

    public VoiceEvidence() => _voiced = new int[Levels * PitchSteps];

    /// <param name="window">The frame's samples, as <see cref="FeatureFrames.Window"/> has them.</param>
    public void Add(ReadOnlySpan<float> window, float energyDb, Pitch pitch)
    {
        int level = Math.Clamp((int)-energyDb, 0, Levels - 1);
        _frames[level]++;
        // The windows overlap: only what is new in this one.
        foreach (float sample in window[^FeatureFrames.HopSamples..])
            _clipped[level] += Math.Abs(sample) * 32768 >= ClippedFrom ? 1 : 0;
        if (pitch.IsVoiced)
        {
            _voiced[level * PitchSteps + Math.Clamp((int)(12 * StepsPerSemitone * Math.Log2(pitch.Hz / PitchTracker.LowestHz)), 0, PitchSteps - 1)]++;
            if (_lastHz > 0)
            {
                _pairs++;
                _steady += Math.Abs(12 * Math.Log2(pitch.Hz / _lastHz)) < SteadySemitones ? 1 : 0;
            }
        }
        _lastHz = pitch.Hz;
    }

    public VoiceSigns Summarise()
    {
        int end = Math.Min(-LeastLoudDb, Loudest() + LoudRange);
        int loud = 0, clipped = 0, voiced = 0;
        Span<int> pitches = stackalloc int[PitchSteps];
        pitches.Clear();
        for (int level = 0; level < end; level++)
        {
            loud += _frames[level];
            clipped += _clipped[level];
            for (int step = 0; step < PitchSteps; step++)
            {
                pitches[step] += _voiced[level * PitchSteps + step];
                voiced += _voiced[level * PitchSteps + step];
            }
        }
        if (loud == 0)
            return default;
        return new VoiceSigns(
            loud * FeatureFrames.Hop, voiced / (double)loud, Spread(pitches, voiced), _pairs == 0 ? 0 : _steady / (double)_pairs,
            clipped / (double)(loud * FeatureFrames.HopSamples));
    }

    /// <summary>Forgets what came before, as for a new utterance.</summary>
    public void Reset()
    {
        _frames.AsSpan().Clear();
        _clipped.AsSpan().Clear();
        _voiced.AsSpan().Clear();
        (_lastHz, _pairs, _steady) = (0, 0, 0);
    }

    /// <summary>The level that one frame in fifty reaches.</summary>
    private int Loudest()
    {
        int all = 0, above = 0, level = 0;
        foreach (int count in _frames)
            all += count;
        while (level < Levels && (above += _frames[level]) * 50 <= all)
            level++;
        return level;
    }

    private static double Spread(ReadOnlySpan<int> pitches, int count)
    {
        if (count == 0)
            return 0;
        int below = 0, low = -1;
        for (int step = 0; step < pitches.Length; step++)
        {
            below += pitches[step];
            if (low < 0 && below * 20 >= count)
                low = step;
            if (below * 20 >= count * 19)
                return (step - low) / StepsPerSemitone;
        }
        return 0;
    }
}
