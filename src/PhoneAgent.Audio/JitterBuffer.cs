namespace PhoneAgent.Audio;

/// <summary>
/// Puts packets back into order and time. Media time is passed in: <c>now</c> counts clock units of the receiver (8 per ms
/// at 8 kHz) and is the same clock for <see cref="Put"/> and <see cref="Get"/>. The delay follows the 97th percentile of the
/// last five seconds' arrivals; a drifting sender moves the reference instead of the delay. Where playout is too early or
/// too late, <see cref="TimingError"/> asks the caller to lengthen or shorten what it decoded; beyond the maximum delay
/// packets are discarded. Payloads lie in slots allocated once. Not thread-safe.
/// </summary>
public sealed class JitterBuffer
{
    // RFC 3550 §A.1: a jump beyond these is believed only when a second packet follows it.
    private const int MaxDropout = 3000;
    private const int MaxMisorder = 100;

    private readonly int _slots;
    private readonly int _maxPayload;
    private readonly byte[] _payloads;
    private readonly Slot[] _slot;
    private readonly ArrivalWindow _arrivals;
    private readonly int _maxDelay;
    // A timestamp that is this far from its arrival belongs to another timeline, not to a slow network.
    private readonly int _maxTimestampJump;

    private JitterStatistics _statistics;
    private bool _hasStream;
    private bool _isPlaying;
    private uint _ssrc;
    private int _confirmingSequence = -1;
    private long _highest;
    private long _next;
    private long _playTimestamp;
    private long _highestTimestamp;
    private int _frame;

    private struct Slot
    {
        public long Sequence;
        public long Timestamp;
        public int Duration;
        public ushort Length;
        public byte PayloadType;
        public bool Marker;
        public bool IsHeld;
    }

    public JitterBuffer(JitterBufferOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Slots, 8);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxPayloadBytes, ushort.MaxValue);
        _slots = options.Slots;
        _maxPayload = options.MaxPayloadBytes;
        _payloads = new byte[_slots * _maxPayload];
        _slot = new Slot[_slots];
        _maxDelay = options.ToUnits(options.MaxDelay);
        _maxTimestampJump = options.ClockRate * 3;
        _frame = options.ClockRate / 50;
        _arrivals = new ArrivalWindow(options.ToUnits(options.MinDelay), _maxDelay, options.ToUnits(options.InitialDelay));
        Forget();
    }

    public JitterStatistics Statistics => _statistics;

    /// <summary>Packets waiting to be played.</summary>
    public int Held { get; private set; }

    /// <summary>The delay that playout aims at, in clock units.</summary>
    public int TargetDelay => _arrivals.Target;

    /// <summary>The delay of what the last <see cref="Get"/> handed out, in clock units.</summary>
    public int CurrentDelay { get; private set; }

    /// <summary>
    /// Clock units by which playout is later (positive: shorten) or earlier (negative: lengthen) than it should be; 0 within
    /// a packet of the target.
    /// </summary>
    public int TimingError { get; private set; }

    /// <summary>Takes a packet.</summary>
    /// <param name="duration">What it holds in clock units; 0 for events and comfort noise, which take a number but no time.</param>
    /// <param name="arrival">When it came, in clock units of our own clock.</param>
    /// <param name="holdsPrevious">It holds the packet before it once more (RFC 6716 §2.1.7).</param>
    public JitterPut Put(in RtpPacket packet, int duration, long arrival, bool holdsPrevious = false)
    {
        _statistics.Received++;
        if (packet.Payload.Length > _maxPayload || duration < 0)
            return Refuse();

        bool isRestart = !_hasStream || packet.Ssrc != _ssrc;
        long sequence = RtpSequence.Extend(packet.SequenceNumber, _highest);
        if (!isRestart && sequence - _highest is > MaxDropout or < -MaxMisorder)
        {
            if (_confirmingSequence != packet.SequenceNumber)
            {
                _confirmingSequence = (ushort)(packet.SequenceNumber + 1);
                return Refuse();
            }
            isRestart = true;
        }

        long timestamp = RtpSequence.ExtendTimestamp(packet.Timestamp, _highestTimestamp);
        if (!isRestart && !_arrivals.IsEmpty && Math.Abs(arrival - timestamp - _arrivals.Quickest) > _maxTimestampJump && sequence > _highest)
            isRestart = true;
        if (isRestart)
        {
            Restart(packet);
            sequence = packet.SequenceNumber;
            timestamp = packet.Timestamp;
        }
        _confirmingSequence = -1;
        // What was lost and comes with the packet behind it is late by that packet: where it happens often, playout waits for it.
        if (holdsPrevious && !isRestart && sequence > _highest + 1)
            _arrivals.Add(arrival - (timestamp - duration));
        return Store(packet, sequence, timestamp, duration, arrival, isRestart);
    }

    /// <summary>
    /// The next stretch of media. Called whenever the caller has played out what it got, so that the calls follow the clock.
    /// </summary>
    public JitterGet Get(long now, out JitterFrame frame)
    {
        frame = new JitterFrame { Duration = _frame };
        if (!_isPlaying && !TryStart(now))
            return JitterGet.Waiting;

        DiscardExcess(now);
        while (Held > 0)
        {
            ref Slot slot = ref _slot[Index(_next)];
            bool isHere = slot.IsHeld && slot.Sequence == _next;
            int delay = Delay(now, isHere && slot.Duration > 0 ? slot.Timestamp : _playTimestamp);
            if (isHere)
            {
                // A talk spurt begins: silence until it is as late as it should be (RFC 3551 §4.1).
                if (slot.Duration > 0 && slot.Timestamp > _playTimestamp && delay < TargetDelay)
                    return Silence(delay);
                Play(ref slot, delay, out frame);
                return JitterGet.Packet;
            }

            // Too early to give it up: what is concealed now makes playout later, which is where it should be.
            if (delay < TargetDelay)
            {
                UpdateTiming(delay);
                return JitterGet.Lost;
            }
            _statistics.Lost++;
            _next++;
            _playTimestamp += _frame;
            // Behind already, as after an underrun: pass over it without playing anything in its place.
            if (delay > TargetDelay + _frame)
                continue;
            UpdateTiming(delay);
            frame = new JitterFrame { Duration = _frame, Following = Following() };
            return JitterGet.Lost;
        }

        _statistics.Underruns++;
        TimingError = 0;
        return JitterGet.Underrun;
    }

    /// <summary>Forgets the stream; counts stay. For a new offer/answer or the end of hold.</summary>
    public void Clear()
    {
        _statistics.Discarded += Held;
        Forget();
    }

    private JitterPut Store(in RtpPacket packet, long sequence, long timestamp, int duration, long arrival, bool isRestart)
    {
        ref Slot slot = ref _slot[Index(sequence)];
        if (slot.Sequence == sequence)
        {
            _statistics.Duplicate++;
            return JitterPut.Duplicate;
        }
        if (duration > 0)
            _arrivals.Add(arrival - timestamp);
        if (_isPlaying && sequence < _next || sequence <= _highest - _slots)
        {
            _statistics.Late++;
            return JitterPut.Late;
        }
        while (sequence >= _next + _slots && sequence > _highest)
            PassOver();

        slot = new Slot
        {
            Sequence = sequence,
            Timestamp = timestamp,
            Duration = duration,
            Length = (ushort)packet.Payload.Length,
            PayloadType = packet.PayloadType,
            Marker = packet.Marker,
            IsHeld = true,
        };
        packet.Payload.CopyTo(_payloads.AsSpan(Index(sequence) * _maxPayload, _maxPayload));
        Held++;
        if (sequence > _highest || isRestart)
            (_highest, _highestTimestamp) = (sequence, timestamp);
        if (duration > 0)
            _frame = duration;
        if (!_isPlaying && (sequence < _next || isRestart))
            _next = sequence;
        return isRestart ? JitterPut.Restarted : JitterPut.Stored;
    }

    private bool TryStart(long now)
    {
        while (Held > 0 && !_slot[Index(_next)].IsHeld)
            _next++;
        if (Held == 0)
            return false;
        ref Slot first = ref _slot[Index(_next)];
        if (first.Duration > 0 && Delay(now, first.Timestamp) < TargetDelay)
            return false;
        _playTimestamp = first.Timestamp;
        return _isPlaying = true;
    }

    private void Play(ref Slot slot, int delay, out JitterFrame frame)
    {
        frame = new JitterFrame
        {
            PayloadType = slot.PayloadType,
            Marker = slot.Marker,
            Timestamp = (uint)slot.Timestamp,
            Duration = slot.Duration,
            Payload = _payloads.AsSpan(Index(slot.Sequence) * _maxPayload, slot.Length),
        };
        if (slot.Duration > 0)
        {
            _playTimestamp = slot.Timestamp + slot.Duration;
            UpdateTiming(delay);
        }
        slot.IsHeld = false;
        Held--;
        _next++;
        _statistics.Played++;
    }

    /// <summary>The payload right behind a packet that was given up, when it is here.</summary>
    private ReadOnlySpan<byte> Following()
    {
        ref Slot slot = ref _slot[Index(_next)];
        return slot is { IsHeld: true, Duration: > 0 } && slot.Sequence == _next && slot.Timestamp == _playTimestamp
            ? _payloads.AsSpan(Index(_next) * _maxPayload, slot.Length)
            : default;
    }

    private JitterGet Silence(int delay)
    {
        // Pauses are where the delay is put right: what follows waits until it is as late as it should be.
        TimingError = 0;
        CurrentDelay = delay;
        return JitterGet.Silence;
    }

    private void DiscardExcess(long now)
    {
        while (Held > 1 && Delay(now, _slot[Index(_next)] is { IsHeld: true, Duration: > 0 } s ? s.Timestamp : _playTimestamp) > _maxDelay + _frame)
        {
            bool isGap = !_slot[Index(_next)].IsHeld;
            PassOver();
            if (isGap)
                _playTimestamp += _frame;
        }
    }

    private void PassOver()
    {
        ref Slot slot = ref _slot[Index(_next)];
        if (slot.IsHeld)
        {
            slot.IsHeld = false;
            Held--;
            _statistics.Discarded++;
            if (slot.Duration > 0)
                _playTimestamp = slot.Timestamp + slot.Duration;
        }
        else
        {
            _statistics.Lost++;
        }
        _next++;
    }

    private void Restart(in RtpPacket packet)
    {
        if (_hasStream)
            _statistics.Restarts++;
        Clear();
        _hasStream = true;
        _ssrc = packet.Ssrc;
        _highest = packet.SequenceNumber;
        _next = _highest;
    }

    private void Forget()
    {
        foreach (ref Slot slot in _slot.AsSpan())
            slot = new Slot { Sequence = long.MinValue };
        Held = 0;
        _hasStream = false;
        _isPlaying = false;
        _confirmingSequence = -1;
        TimingError = 0;
        CurrentDelay = 0;
        _arrivals.Clear();
    }

    private JitterPut Refuse()
    {
        _statistics.Refused++;
        return JitterPut.Refused;
    }

    private void UpdateTiming(int delay)
    {
        CurrentDelay = delay;
        int excess = delay - TargetDelay;
        TimingError = excess > _frame ? excess - _frame : Math.Min(excess, 0);
    }

    private int Delay(long now, long timestamp) => (int)Math.Clamp(now - timestamp - _arrivals.Quickest, int.MinValue / 2, int.MaxValue / 2);

    // Sequence numbers can be negative for a moment: a packet that came before the first one.
    private int Index(long sequence) => (int)(((sequence % _slots) + _slots) % _slots);
}
