using PhoneAgent.Audio;
using PhoneAgent.Telephony.Codecs;

namespace PhoneAgent.Telephony.Rtp;

/// <summary>What the codecs of one RTP clock and one sample rate share on their way to frames. Used by the media thread only.</summary>
internal sealed class ReceiveLane
{
    /// <summary>The longest packet of any codec.</summary>
    private const int MaxPacketMs = 120;

    public ReceiveLane(IAudioCodec codec, TimeSpan minDelay, TimeSpan maxDelay)
    {
        ClockRate = codec.ClockRate;
        SampleRate = codec.SampleRate;
        Jitter = new JitterBuffer(new JitterBufferOptions
        {
            ClockRate = ClockRate,
            MinDelay = minDelay,
            MaxDelay = maxDelay,
            InitialDelay = minDelay,
            MaxPayloadBytes = ClockRate == 8000 ? 640 : 1275,
        });
        Concealment = new PacketLossConcealment(SampleRate);
        Stretcher = new TimeStretcher(SampleRate, SampleRate / 1000 * MaxPacketMs);
    }

    public int ClockRate { get; }

    public int SampleRate { get; }

    public JitterBuffer Jitter { get; }

    public PacketLossConcealment Concealment { get; }

    public TimeStretcher Stretcher { get; }

    public bool Carries(IAudioCodec codec) => codec.ClockRate == ClockRate && codec.SampleRate == SampleRate;

    public long ToUnits(long ns) => ns / 1000 * ClockRate / 1_000_000;
}
