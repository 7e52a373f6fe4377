using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Telephony.Rtp;

/// <summary>
/// The peer's stream on its way to frames: jitter buffer → decoder → time adjustment → a frame for every tick, whatever
/// the length of the packets. Used by the media thread only; does not allocate.
/// </summary>
internal sealed class RtpReceiver
{
    /// <summary>Events and noise packets take no time, so more than one packet may be read in a tick; never more than these.</summary>
    private const int MaxPacketsPerTick = 12;
    private const int MaxPacketSamples = 16 * 120;
    /// <summary>A concealment has faded to silence after this long.</summary>
    private const int FadeMs = 60;
    private readonly JitterBuffer _jitter;
    private readonly int _clockRate;
    private readonly short[] _fifo = new short[MaxPacketSamples + 960];
    private readonly short[] _decoded = new short[MaxPacketSamples];
    private readonly ComfortNoise _noise = new();
    private PacketLossConcealment _concealment;
    private TimeStretcher _stretcher;
    private int _count;
    private int _sampleRate = 8000;
    private int _concealed;
    private FrameOrigin _fifoOrigin = FrameOrigin.Silence;

    public RtpReceiver(int clockRate, TimeSpan minDelay, TimeSpan maxDelay)
    {
        _clockRate = clockRate;
        _jitter = new JitterBuffer(new JitterBufferOptions
        {
            ClockRate = clockRate,
            MinDelay = minDelay,
            MaxDelay = maxDelay,
            InitialDelay = minDelay,
            MaxPayloadBytes = clockRate == 8000 ? 640 : 1275,
        });
        _concealment = new PacketLossConcealment(_sampleRate);
        _stretcher = new TimeStretcher(_sampleRate, MaxPacketSamples);
    }

    public JitterStatistics Statistics => _jitter.Statistics;

    public long FramesConcealed { get; private set; }

    public int CurrentDelay => _jitter.CurrentDelay;

    /// <summary>Takes a packet of audio, comfort noise or an event; the latter two hold no time.</summary>
    public void Put(in RtpPacket packet, MediaPlan.Entry? decoder, long nowNs) =>
        _jitter.Put(packet, decoder is null ? 0 : DurationOf(packet, decoder), ToUnits(nowNs));

    /// <summary>Forgets what is held.</summary>
    public void Clear()
    {
        _jitter.Clear();
        _count = 0;
        _fifoOrigin = FrameOrigin.Silence;
        _concealment.Reset();
    }

    /// <summary>The next 20 ms at <paramref name="sampleRate"/>.</summary>
    public FrameOrigin Next(MediaPlan plan, int sampleRate, long nowNs, Span<short> frame)
    {
        if (sampleRate != _sampleRate)
            ChangeRate(sampleRate);
        var origin = _count > 0 ? _fifoOrigin : FrameOrigin.Silence;
        for (var i = 0; i < MaxPacketsPerTick && _count < frame.Length; i++)
        {
            // What the fifo holds is played first: the next packet is for a moment later by as much.
            var now = ToUnits(nowNs) + ((long)_count * _clockRate / sampleRate);
            var what = _jitter.Get(now, out var held);
            if (what == JitterGet.Packet)
            {
                if (Decode(plan, held))
                    origin = _fifoOrigin = FrameOrigin.Received;
            }
            else if (what is JitterGet.Lost or JitterGet.Underrun)
            {
                if (_fifoOrigin == FrameOrigin.Silence)
                    break;
                FramesConcealed++;
                Conceal(Math.Clamp(held.Duration * sampleRate / _clockRate, frame.Length / 2, MaxPacketSamples / 2));
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
        if (held.Duration == 0 || plan.Decoder(held.PayloadType) is not { } decoder || decoder.Codec.SampleRate != _sampleRate)
            return false;
        var samples = decoder.Coder.Decode(held.Payload, _decoded);
        if (samples == 0)
            return false;
        var fresh = _decoded.AsSpan(0, samples);
        _concealment.Accept(fresh);
        _concealed = 0;
        var error = _jitter.TimingError * (_sampleRate / 1000) / (_clockRate / 1000);
        _count += _stretcher.Process(fresh, error, _fifo.AsSpan(_count));
        return true;
    }

    private void Conceal(int samples)
    {
        _concealment.Conceal(_fifo.AsSpan(_count, samples));
        _count += samples;
        _concealed += samples;
        _fifoOrigin = _concealed < FadeMs * (_sampleRate / 1000) ? FrameOrigin.Concealed : FrameOrigin.Silence;
    }

    /// <summary>Where nothing was sent: the noise that the peer described, or silence.</summary>
    private void Fill(Span<short> rest)
    {
        if (_noise.HasLevel && !rest.IsEmpty)
            _noise.Fill(rest);
        else
            rest.Clear();
    }

    private void ChangeRate(int sampleRate)
    {
        (_sampleRate, _count) = (sampleRate, 0);
        _concealment = new PacketLossConcealment(sampleRate);
        _stretcher = new TimeStretcher(sampleRate, MaxPacketSamples);
    }

    /// <summary>G.711 says its length by its bytes; other codecs pack 20 ms until their own coder tells.</summary>
    private static int DurationOf(in RtpPacket packet, MediaPlan.Entry decoder) =>
        decoder.Codec.SampleRate == 8000 ? packet.Payload.Length : decoder.Codec.ClockRate / 50;

    private long ToUnits(long ns) => ns / 1000 * _clockRate / 1_000_000;
}
