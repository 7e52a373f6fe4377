namespace PhoneAgent.Audio;

/// <summary>
/// The outline of two sounds on one clock, for drawing: the highest level of every stretch of time. It never grows: when it
/// is full, neighbours are merged and a stretch is twice as long. <see cref="Write"/> is for one thread and neither blocks
/// nor allocates; <see cref="CopyTo"/> is safe from any thread.
/// </summary>
public sealed class WaveformPeaks
{
    /// <summary>Stretches that are kept, at most.</summary>
    public const int Capacity = 16_384;

    private readonly byte[] _left = new byte[Capacity];
    private readonly byte[] _right = new byte[Capacity];
    private readonly int _frameSamples;
    // Odd while neighbours are merged: a reader that saw it change reads again.
    private int _version;
    private int _count;
    private int _framesPerPeak;
    private int _framesInPeak;
    private int _leftPeak;
    private int _rightPeak;
    private long _frames;

    /// <param name="frameSamples">Samples of a frame; must be the same for all.</param>
    /// <param name="framesPerPeak">Frames of a stretch to begin with.</param>
    public WaveformPeaks(int frameSamples, int framesPerPeak)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frameSamples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(framesPerPeak, 1);
        (_frameSamples, _framesPerPeak) = (frameSamples, framesPerPeak);
    }

    /// <summary>Frames so far.</summary>
    public long Frames => Volatile.Read(ref _frames);

    /// <summary>Takes a frame of both sounds.</summary>
    public void Write(ReadOnlySpan<short> left, ReadOnlySpan<short> right)
    {
        _leftPeak = Math.Max(_leftPeak, PeakOf(left));
        _rightPeak = Math.Max(_rightPeak, PeakOf(right));
        Volatile.Write(ref _frames, _frames + 1);
        if (++_framesInPeak < _framesPerPeak)
            return;
        if (_count == Capacity)
            Merge();
        // A merge made stretches longer: this one may not be whole any more.
        if (_framesInPeak < _framesPerPeak)
            return;
        _left[_count] = ToByte(_leftPeak);
        _right[_count] = ToByte(_rightPeak);
        (_leftPeak, _rightPeak, _framesInPeak) = (0, 0, 0);
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>Copies what is there from a stretch on.</summary>
    /// <param name="from">The first stretch that is wanted; what a former call returned as its end.</param>
    /// <param name="samplesPerPeak">Samples of a stretch, as the caller knows it. Where it has changed since, the copy begins at 0.</param>
    /// <param name="left">Levels, 0–255.</param>
    /// <param name="right">Levels, 0–255; as long as <paramref name="left"/>.</param>
    public PeakCopy CopyTo(int from, int samplesPerPeak, Span<byte> left, Span<byte> right)
    {
        while (true)
        {
            int before = Volatile.Read(ref _version);
            int count = Volatile.Read(ref _count), samples = Volatile.Read(ref _framesPerPeak) * _frameSamples;
            int first = samples == samplesPerPeak ? Math.Clamp(from, 0, count) : 0;
            int length = Math.Min(count - first, Math.Min(left.Length, right.Length));
            _left.AsSpan(first, length).CopyTo(left);
            _right.AsSpan(first, length).CopyTo(right);
            Interlocked.MemoryBarrier();
            if ((before & 1) == 0 && Volatile.Read(ref _version) == before)
                return new PeakCopy(first, length, samples);
            Thread.SpinWait(1);
        }
    }

    private void Merge()
    {
        Interlocked.Increment(ref _version);
        for (int i = 0; i < Capacity / 2; i++)
        {
            _left[i] = Math.Max(_left[2 * i], _left[2 * i + 1]);
            _right[i] = Math.Max(_right[2 * i], _right[2 * i + 1]);
        }
        _framesPerPeak *= 2;
        Volatile.Write(ref _count, Capacity / 2);
        Interlocked.Increment(ref _version);
    }

    private static int PeakOf(ReadOnlySpan<short> samples)
    {
        int low = 0, high = 0;
        foreach (short sample in samples)
        {
            low = Math.Min(low, sample);
            high = Math.Max(high, sample);
        }
        return Math.Max(high, -low);
    }

    private static byte ToByte(int peak) => (byte)Math.Min(byte.MaxValue, peak >> 7);
}

/// <param name="First">The stretch that the copy begins at.</param>
/// <param name="Length">Stretches that were copied.</param>
/// <param name="SamplesPerPeak">Samples of a stretch.</param>
public readonly record struct PeakCopy(int First, int Length, int SamplesPerPeak);
