using System.Buffers.Binary;
using PhoneAgent.Audio;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Server.BrowserVoice.Media;

/// <summary>
/// The client's packets on their way to frames: jitter buffer → time adjustment → 20 ms for every tick. A socket loses
/// nothing but delivers late and in bursts; what is then too late is discarded, so that the delay does not stay. Used by the
/// media thread only; does not allocate.
/// </summary>
internal sealed class PcmReceiver
{
    private const int MaxPacketSamples = PacketRing.MaxPayload / sizeof(short);
    private const int MaxPacketsPerTick = 6;
    /// <summary>A concealment has faded to silence after this long.</summary>
    private const int FadeSamples = AudioFormat.SampleRate / 1000 * 60;

    private readonly JitterBuffer _jitter = new(new JitterBufferOptions
    {
        ClockRate = AudioFormat.SampleRate,
        MinDelay = TimeSpan.FromMilliseconds(20),
        InitialDelay = TimeSpan.FromMilliseconds(40),
        MaxDelay = TimeSpan.FromMilliseconds(300),
        MaxPayloadBytes = PacketRing.MaxPayload,
    });
    private readonly PacketLossConcealment _concealment = new(AudioFormat.SampleRate);
    private readonly TimeStretcher _stretcher = new(AudioFormat.SampleRate, MaxPacketSamples);
    private readonly short[] _decoded = new short[MaxPacketSamples];
    private readonly short[] _fifo = new short[(2 * MaxPacketSamples) + AudioFormat.SampleRate / 25];
    private int _count;
    private int _concealed;
    private FrameOrigin _origin = FrameOrigin.Silence;

    public JitterStatistics Statistics => _jitter.Statistics;

    public long FramesConcealed { get; private set; }

    public void Put(in RtpPacket packet, long nowNs) => _jitter.Put(packet, packet.Payload.Length / sizeof(short), ToSamples(nowNs));

    /// <summary>Forgets what is held.</summary>
    public void Clear()
    {
        _jitter.Clear();
        _concealment.Reset();
        _count = 0;
        _origin = FrameOrigin.Silence;
    }

    /// <summary>The next frame.</summary>
    public FrameOrigin Next(long nowNs, Span<short> frame)
    {
        FrameOrigin origin = _count > 0 ? _origin : FrameOrigin.Silence;
        for (int i = 0; i < MaxPacketsPerTick && _count < frame.Length; i++)
        {
            JitterGet what = _jitter.Get(ToSamples(nowNs) + _count, out JitterFrame held);
            if (what == JitterGet.Packet)
            {
                Take(held);
                origin = _origin = FrameOrigin.Received;
            }
            else if (what is JitterGet.Lost or JitterGet.Underrun && _origin != FrameOrigin.Silence)
            {
                Conceal(Math.Clamp(held.Duration, frame.Length / 2, MaxPacketSamples));
                if (origin != FrameOrigin.Received)
                    origin = _origin;
            }
            else
            {
                _origin = FrameOrigin.Silence;
                break;
            }
        }
        int taken = Math.Min(_count, frame.Length);
        _fifo.AsSpan(0, taken).CopyTo(frame);
        frame[taken..].Clear();
        _count -= taken;
        _fifo.AsSpan(taken, _count).CopyTo(_fifo);
        return origin;
    }

    private void Take(in JitterFrame held)
    {
        Span<short> fresh = _decoded.AsSpan(0, held.Payload.Length / sizeof(short));
        for (int i = 0; i < fresh.Length; i++)
            fresh[i] = BinaryPrimitives.ReadInt16LittleEndian(held.Payload[(2 * i)..]);
        _concealment.Accept(fresh);
        _concealed = 0;
        _count += _stretcher.Process(fresh, _jitter.TimingError, _fifo.AsSpan(_count));
    }

    private void Conceal(int samples)
    {
        _concealment.Conceal(_fifo.AsSpan(_count, samples));
        _count += samples;
        _concealed += samples;
        FramesConcealed++;
        _origin = _concealed < FadeSamples ? FrameOrigin.Concealed : FrameOrigin.Silence;
    }

    private static long ToSamples(long ns) => ns / 1000 * (AudioFormat.SampleRate / 1000) / 1000;
}
