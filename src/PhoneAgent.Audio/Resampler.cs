namespace PhoneAgent.Audio;

/// <summary>
/// Changes the sample rate of one mono stream by a polyphase FIR. Flat to 0.85 of the lower Nyquist frequency, images and
/// aliases of that band at least 80 dB down; the delay is 2 ms where the lower rate is 8 kHz, less above. Keeps state between
/// calls, so each stream has its own; the filters are shared. Not thread-safe.
/// </summary>
public sealed class Resampler
{
    private const int BlockSamples = 512;

    private readonly ResamplerFilter? _filter;
    // The last taps − 1 samples of what came before, then the block at hand.
    private readonly float[] _window;
    private readonly int _history;
    // Position of the next output between input samples, in 1/L of an input sample, counted from the block's start.
    private int _phase;

    /// <param name="sourceRate">In Hz, 1,000 to 384,000.</param>
    /// <param name="targetRate">In Hz, 1,000 to 384,000.</param>
    public Resampler(int sourceRate, int targetRate)
    {
        CheckRate(sourceRate);
        CheckRate(targetRate);
        SourceRate = sourceRate;
        TargetRate = targetRate;
        _filter = sourceRate == targetRate ? null : ResamplerFilter.For(sourceRate, targetRate);
        _history = _filter is null ? 0 : _filter.TapsPerPhase - 1;
        _window = new float[_filter is null ? 0 : _history + BlockSamples];
    }

    public int SourceRate { get; }

    public int TargetRate { get; }

    /// <summary>How much later a sound leaves than it came in.</summary>
    public TimeSpan Delay => _filter is null ? TimeSpan.Zero : TimeSpan.FromSeconds(_filter.DelaySeconds);

    /// <summary>Exactly what <see cref="Process"/> will write for so many samples now.</summary>
    public int OutputLength(int inputLength) =>
        _filter is null ? inputLength
        : (int)(((long)inputLength * _filter.Up - _phase + _filter.Down - 1) / _filter.Down);

    /// <summary>Takes the next samples of the stream.</summary>
    /// <param name="target">At least <see cref="OutputLength"/> of the source's length. May not overlap the source.</param>
    /// <returns>Samples written. 20 ms between 8 and 16 kHz always give exactly 20 ms.</returns>
    public int Process(ReadOnlySpan<short> source, Span<short> target)
    {
        if (target.Length < OutputLength(source.Length))
            throw new ArgumentException($"The target holds {target.Length} samples but {OutputLength(source.Length)} come out.", nameof(target));
        if (_filter is null)
        {
            source.CopyTo(target);
            return source.Length;
        }
        int written = 0;
        while (!source.IsEmpty)
        {
            ReadOnlySpan<short> block = source[..Math.Min(source.Length, BlockSamples)];
            written += ProcessBlock(_filter, block, target[written..]);
            source = source[block.Length..];
        }
        return written;
    }

    /// <summary>Forgets what came before, as for a new stream.</summary>
    public void Reset()
    {
        _phase = 0;
        _window.AsSpan().Clear();
    }

    /// <summary>A whole recording at once, aligned: the filter's delay is taken off and the tail is flushed. Allocates.</summary>
    public static short[] Convert(ReadOnlySpan<short> source, int sourceRate, int targetRate)
    {
        var resampler = new Resampler(sourceRate, targetRate);
        int delay = (int)Math.Round(resampler.Delay.TotalSeconds * targetRate);
        int wanted = (int)((long)source.Length * targetRate / sourceRate);
        var tail = new short[(int)((delay + 2L) * sourceRate / targetRate) + 2];
        var output = new short[resampler.OutputLength(source.Length) + (int)((long)tail.Length * targetRate / sourceRate) + 2];
        int written = resampler.Process(source, output);
        written += resampler.Process(tail, output.AsSpan(written));
        return output.AsSpan(delay, Math.Min(wanted, written - delay)).ToArray();
    }

    private int ProcessBlock(ResamplerFilter filter, ReadOnlySpan<short> block, Span<short> target)
    {
        VectorMath.Widen(block, _window.AsSpan(_history));
        int written;
        if (filter.Doubles)
            written = Double(filter, block.Length, target);
        else if (filter.Halves && _phase == 0 && block.Length % 2 == 0)
            written = Halve(filter, block.Length, target);
        else
            written = Step(filter, block.Length, target);
        _window.AsSpan(block.Length, _history).CopyTo(_window);
        return written;
    }

    /// <summary>8 → 16 kHz, as every call has it: both phases over the whole block.</summary>
    private int Double(ResamplerFilter filter, int length, Span<short> target)
    {
        Span<float> even = stackalloc float[BlockSamples];
        Span<float> odd = stackalloc float[BlockSamples];
        ReadOnlySpan<float> signal = _window.AsSpan(0, length + _history);
        VectorMath.Filter(filter.Phase(0), signal, even[..length]);
        VectorMath.Filter(filter.Phase(1), signal, odd[..length]);
        VectorMath.ToInterleavedSamples(even[..length], odd[..length], target);
        return 2 * length;
    }

    /// <summary>16 → 8 kHz: every other sample through every other tap, twice.</summary>
    private int Halve(ResamplerFilter filter, int length, Span<short> target)
    {
        const int MaxHalf = (BlockSamples / 2) + 64;
        Span<float> even = stackalloc float[MaxHalf];
        Span<float> odd = stackalloc float[MaxHalf];
        Span<float> sums = stackalloc float[BlockSamples / 2];
        Span<float> others = stackalloc float[BlockSamples / 2];
        int pairs = (length + _history) / 2;
        ReadOnlySpan<float> signal = _window.AsSpan(0, 2 * pairs);
        for (int i = 0; i < pairs; i++)
            (even[i], odd[i]) = (signal[2 * i], signal[2 * i + 1]);
        int count = length / 2;
        VectorMath.Filter(filter.EvenTaps, even[..(count + filter.EvenTaps.Length - 1)], sums[..count]);
        VectorMath.Filter(filter.OddTaps, odd[..(count + filter.OddTaps.Length - 1)], others[..count]);
        VectorMath.Add(others[..count], sums[..count]);
        VectorMath.ToSamples(sums[..count], target);
        return count;
    }

    private int Step(ResamplerFilter filter, int length, Span<short> target)
    {
        int end = length * filter.Up;
        int written = 0;
        int taps = filter.TapsPerPhase;
        int phase = _phase;
        for (; phase < end; phase += filter.Down)
        {
            int sample = phase / filter.Up;
            float sum = VectorMath.Dot(filter.Phase(phase - sample * filter.Up), _window.AsSpan(sample, taps));
            target[written++] = VectorMath.ToSample(sum);
        }
        _phase = phase - end;
        return written;
    }

    private static void CheckRate(int rate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rate, 1000);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rate, 384_000);
    }
}
