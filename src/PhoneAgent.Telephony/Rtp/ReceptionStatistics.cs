namespace PhoneAgent.Telephony.Rtp;

/// <summary>What RFC 3550 §6.4.1 and appendix A count about one SSRC. Used by the media thread only.</summary>
public sealed class ReceptionStatistics
{
    private const int MaxDropout = 3000;
    private bool _started;
    private long _base;
    private long _highest;
    private long _received;
    private long _expectedPrior;
    private long _receivedPrior;
    private double _jitter;
    private uint _lastTransit;
    private bool _hasTransit;

    /// <summary>Packets of this SSRC, duplicates included.</summary>
    public long Received => _received;

    public uint ExtendedHighestSequence => unchecked((uint)_highest);

    /// <summary>Interarrival jitter in timestamp units.</summary>
    public uint Jitter => (uint)_jitter;

    /// <summary>Expected less received; negative with duplicates.</summary>
    public long Lost => _started ? _highest - _base + 1 - _received : 0;

    public void Reset() => (_started, _received, _expectedPrior, _receivedPrior, _jitter, _hasTransit) = (false, 0, 0, 0, 0, false);

    /// <summary>The stream goes on with timestamps of another rate: two of different clocks tell no jitter (RFC 7160 §4).</summary>
    public void ChangeClock() => (_jitter, _hasTransit) = (0, false);

    /// <param name="arrival">Arrival in the units of the timestamp, from any origin.</param>
    public void Count(ushort sequenceNumber, uint timestamp, uint arrival)
    {
        if (!_started)
        {
            _started = true;
            _base = _highest = 0x10000 + sequenceNumber;
        }
        var extended = _highest + (short)(ushort)(sequenceNumber - (ushort)_highest);
        if (extended > _highest + MaxDropout)
        {
            // The sender started anew without another SSRC.
            _base = _highest = extended;
            (_received, _expectedPrior, _receivedPrior) = (0, 0, 0);
        }
        else if (extended > _highest)
        {
            _highest = extended;
        }
        _received++;

        var transit = arrival - timestamp;
        if (_hasTransit)
        {
            var d = Math.Abs((double)unchecked((int)(transit - _lastTransit)));
            if (d < 80_000)
                _jitter += (d - _jitter) / 16;
        }
        _lastTransit = transit;
        _hasTransit = true;
    }

    /// <summary>The fraction lost since the last call, in 1/256 (RFC 3550 §A.3).</summary>
    public byte TakeFractionLost()
    {
        if (!_started)
            return 0;
        var expected = _highest - _base + 1;
        var expectedNow = expected - _expectedPrior;
        var lostNow = expectedNow - (_received - _receivedPrior);
        (_expectedPrior, _receivedPrior) = (expected, _received);
        return expectedNow <= 0 || lostNow <= 0 ? (byte)0 : (byte)Math.Min(255, (lostNow << 8) / expectedNow);
    }
}
