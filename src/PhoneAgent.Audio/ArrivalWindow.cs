namespace PhoneAgent.Audio;

/// <summary>
/// How late the packets of the last seconds were against the quickest of them, and the delay that follows from it.
/// Because old packets leave the window, a sender whose clock drifts moves the reference with it.
/// </summary>
internal sealed class ArrivalWindow(int minDelay, int maxDelay, int initialDelay)
{
    // Five seconds of 20 ms packets.
    private const int Capacity = 256;
    private const int Percentile = 97;
    // Sorting the window costs some microseconds, so not at every packet.
    private const int PacketsPerUpdate = 16;
    // Until then the percentile is worth nothing.
    private const int PacketsToTrust = 48;

    private readonly long[] _transits = new long[Capacity];
    private readonly long[] _sorted = new long[Capacity];
    private int _count;
    private int _position;
    private int _sinceUpdate;

    public bool IsEmpty => _count == 0;

    /// <summary>Arrival minus timestamp of the quickest packet in the window.</summary>
    public long Quickest { get; private set; }

    /// <summary>In clock units.</summary>
    public int Target { get; private set; } = Math.Clamp(initialDelay, minDelay, maxDelay);

    /// <param name="transit">Arrival minus timestamp, in clock units.</param>
    public void Add(long transit)
    {
        Quickest = _count == 0 ? transit : Math.Min(Quickest, transit);
        _transits[_position] = transit;
        _position = (_position + 1) % Capacity;
        _count = Math.Min(_count + 1, Capacity);
        if (++_sinceUpdate >= PacketsPerUpdate)
            Update();
    }

    public void Clear()
    {
        _count = 0;
        _position = 0;
        _sinceUpdate = 0;
        Quickest = 0;
        Target = Math.Clamp(initialDelay, minDelay, maxDelay);
    }

    private void Update()
    {
        _sinceUpdate = 0;
        Span<long> sorted = _sorted.AsSpan(0, _count);
        _transits.AsSpan(0, _count).CopyTo(sorted);
        sorted.Sort();
        Quickest = sorted[0];
        long spread = sorted[_count * Percentile / 100] - sorted[0];
        int wanted = (int)Math.Clamp(spread, minDelay, maxDelay);
        // Early on a bad network may raise the delay, but a lucky start may not lower it.
        Target = _count < PacketsToTrust ? Math.Max(wanted, Target) : wanted;
    }
}
