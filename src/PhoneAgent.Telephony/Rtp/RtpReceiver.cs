using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Codecs;

namespace PhoneAgent.Telephony.Rtp;

/// <summary>
/// The peer's stream on its way to frames: jitter buffer → decoder → time adjustment → a frame for every tick, whatever
/// the length of the packets and whichever of the agreed codecs they are in. Used by the media thread only; does not allocate.
/// </summary>
internal sealed class RtpReceiver
{
    /// <summary>Events and noise packets take no time, so more than one packet may be read in a tick; never more than these.</summary>
    private const int MaxPacketsPerTick = 12;
    private const int MaxPacketSamples = 16 * 120;
    /// <summary>A concealment has faded to silence after this long.</summary>
    private const int FadeMs = 60;
    private readonly ReceiveLane[] _lanes;
    private readonly short[] _fifo = new short[MaxPacketSamples + 960];
    private readonly short[] _decoded = new short[MaxPacketSamples];
    private readonly ComfortNoise _noise = new();
    private ReceiveLane _lane;
    private byte _payloadType;
    private int _count;
    private int _concealed;
    private FrameOrigin _fifoOrigin = FrameOrigin.Silence;

    /// <param name="codecs">All that may be agreed on.</param>
    public RtpReceiver(IReadOnlyList<IAudioCodec> codecs, TimeSpan minDelay, TimeSpan maxDelay)
    {
        _lanes = [.. codecs.DistinctBy(c => (c.ClockRate, c.SampleRate)).Select(c => new ReceiveLane(c, minDelay, maxDelay))];
        _lane = _lanes[0];
    }

    /// <summary>Of the stream, Hz.</summary>
    public int ClockRate => _lane.ClockRate;

    /// <summary>Of the frames, Hz.</summary>
    public int SampleRate => _lane.SampleRate;

    public JitterStatistics Statistics
    {
        get
        {
            var all = _lanes[0].Jitter.Statistics;
            for (var i = 1; i < _lanes.Length; i++)
                all += _lanes[i].Jitter.Statistics;
            return all;
        }
    }

    public long FramesConcealed { get; private set; }

    public long PacketsRecovered { get; private set; }

    public int CurrentDelay => _lane.Jitter.CurrentDelay;

    /// <summary>The stream goes on in this codec. True when that changes its clock or the rate of the frames.</summary>
    public bool Select(IAudioCodec codec)
    {
        if (_lane.Carries(codec))
            return false;
        foreach (var lane in _lanes)
        {
            if (!lane.Carries(codec))
                continue;
            Clear();
            _lane = lane;
            return true;
        }
        return false;
    }

    /// <summary>Takes a packet of audio, comfort noise or an event; the latter two hold no time.</summary>
    public void Put(in RtpPacket packet, MediaPlan.Entry? entry, long nowNs) =>
        _lane.Jitter.Put(packet, entry?.Codec.DurationOf(packet.Payload) ?? 0, _lane.ToUnits(nowNs), entry?.Codec.HoldsPrevious(packet.Payload) ?? false);

    /// <summary>Forgets what is held.</summary>
    public void Clear()
    {
        _lane.Jitter.Clear();
        _lane.Concealment.Reset();
        _count = 0;
        _fifoOrigin = FrameOrigin.Silence;
    }

    /// <summary>The next 20 ms at <see cref="SampleRate"/>.</summary>
    public FrameOrigin Next(MediaPlan plan, long nowNs, Span<short> frame)
    {
        var origin = _count > 0 ? _fifoOrigin : FrameOrigin.Silence;
        for (var i = 0; i < MaxPacketsPerTick && _count < frame.Length; i++)
        {
            // What the fifo holds is played first: the next packet is for a moment later by as much.
            var now = _lane.ToUnits(nowNs) + ((long)_count * ClockRate / SampleRate);
            var what = _lane.Jitter.Get(now, out var held);
            if (what == JitterGet.Packet)
            {
                if (Decode(plan, held))
                    origin = _fifoOrigin = FrameOrigin.Received;
            }
            else if (what is JitterGet.Lost or JitterGet.Underrun)
            {
                var samples = Math.Clamp(held.Duration * SampleRate / ClockRate, frame.Length / 2, MaxPacketSamples / 2);
                if (!TryRecover(plan, held.Following, samples))
                {
                    if (_fifoOrigin == FrameOrigin.Silence)
                        break;
                    Conceal(plan, samples);
                }
                if (origin != FrameOrigin.Received)
                    origin = _fifoOrigin;
            }
            else
            {
                _fifoOrigin = FrameOrigin.Silence;
                break;
            }
        }
        var taken = Math.Min(_count, frame.Length);
        _fifo.AsSpan(0, taken).CopyTo(frame);
        Fill(frame[taken..]);
        _count -= taken;
        _fifo.AsSpan(taken, _count).CopyTo(_fifo);
        return origin;
    }

    private bool Decode(MediaPlan plan, in JitterFrame held)
    {
        if (plan.IsComfortNoise(held.PayloadType))
        {
            // The talk spurt is over: what follows is noise, not lost speech.
            _noise.Update(held.Payload);
            _fifoOrigin = FrameOrigin.Silence;
        }
        if (held.Duration == 0 || plan.Find(held.PayloadType) is not { } entry || !_lane.Carries(entry.Codec))
            return false;
        var samples = entry.Decoder.Decode(held.Payload, _decoded);
        if (samples == 0)
            return false;
        _payloadType = held.PayloadType;
        _concealed = 0;
        Append(_decoded.AsSpan(0, samples));
        return true;
    }

    /// <summary>A packet is missing, and the next one holds it once more (FEC).</summary>
    private bool TryRecover(MediaPlan plan, ReadOnlySpan<byte> following, int samples)
    {
        if (following.IsEmpty || plan.Find(_payloadType) is not { } entry || !entry.Codec.HoldsPrevious(following))
            return false;
        var recovered = entry.Decoder.Conceal(following, _decoded.AsSpan(0, samples));
        if (recovered == 0)
            return false;
        PacketsRecovered++;
        (_concealed, _fifoOrigin) = (0, FrameOrigin.Received);
        Append(_decoded.AsSpan(0, recovered));
        return true;
    }

    /// <summary>By the codec's own concealment, where it has one, else by ours.</summary>
    private void Conceal(MediaPlan plan, int samples)
    {
        FramesConcealed++;
        var room = _fifo.AsSpan(_count, samples);
        var filled = plan.Find(_payloadType)?.Decoder.Conceal([], room) ?? 0;
        if (filled == 0)
        {
            _lane.Concealment.Conceal(room);
            filled = samples;
        }
        _count += filled;
        _concealed += filled;
        _fifoOrigin = _concealed < FadeMs * (SampleRate / 1000) ? FrameOrigin.Concealed : FrameOrigin.Silence;
    }

    private void Append(Span<short> fresh)
    {
        _lane.Concealment.Accept(fresh);
        var error = _lane.Jitter.TimingError * (SampleRate / 1000) / (ClockRate / 1000);
        _count += _lane.Stretcher.Process(fresh, error, _fifo.AsSpan(_count));
    }

    /// <summary>Where nothing was sent: the noise that the peer described, or silence.</summary>
    private void Fill(Span<short> rest)
    {
        if (_noise.HasLevel && !rest.IsEmpty)
            _noise.Fill(rest);
        else
            rest.Clear();
    }
}
