namespace PhoneAgent.Telephony.Rtp;

/// <summary>How late slots were run. Written by one pacing thread, read by anybody.</summary>
public sealed class Lateness
{
    private static readonly long[] BoundsNs = [100_000, 250_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000, 20_000_000];
    private readonly long[] _counts = new long[BoundsNs.Length + 1];
    private long _maxNs;
    private long _skippedTicks;

    /// <summary>Upper bounds of the histogram; the last count is for what is above them all.</summary>
    public static ReadOnlySpan<long> UpperBoundsNs => BoundsNs;

    public TimeSpan Max => TimeSpan.FromMicroseconds(Volatile.Read(ref _maxNs) / 1000.0);

    /// <summary>Ticks that every call lost because the thread was stopped for longer than is made up for.</summary>
    public long SkippedTicks => Volatile.Read(ref _skippedTicks);

    public long[] Counts() => [.. _counts];

    internal void Record(long lateNs)
    {
        if (lateNs > _maxNs)
            Volatile.Write(ref _maxNs, lateNs);
        var i = 0;
        while (i < BoundsNs.Length && lateNs > BoundsNs[i])
            i++;
        _counts[i]++;
    }

    internal void CountSkipped(long ticks) => Volatile.Write(ref _skippedTicks, _skippedTicks + ticks);
}
