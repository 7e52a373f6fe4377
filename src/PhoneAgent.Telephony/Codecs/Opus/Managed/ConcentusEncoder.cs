using Concentus;
using Concentus.Enums;

namespace PhoneAgent.Telephony.Codecs.Opus.Managed;

internal sealed class ConcentusEncoder : IAudioEncoder
{
    private readonly IOpusEncoder _encoder;
    private readonly OpusEncoderSettings _settings;

    public ConcentusEncoder(OpusEncoderSettings settings)
    {
        _settings = settings;
        _encoder = OpusCodecFactory.CreateEncoder(settings.SampleRate, 1, OpusApplication.OPUS_APPLICATION_VOIP);
        _encoder.SignalType = OpusSignal.OPUS_SIGNAL_VOICE;
        _encoder.Bitrate = settings.BitRate;
        _encoder.UseVBR = !settings.ConstantBitRate;
        _encoder.Complexity = settings.Complexity;
        _encoder.UseInbandFEC = settings.Fec;
        _encoder.PacketLossPercent = settings.ExpectedLoss;
        _encoder.UseDTX = settings.Dtx;
        _encoder.MaxBandwidth = Math.Min(settings.PlaybackRate, settings.SampleRate) < 16000
            ? OpusBandwidth.OPUS_BANDWIDTH_NARROWBAND
            : OpusBandwidth.OPUS_BANDWIDTH_WIDEBAND;
    }

    public int Encode(ReadOnlySpan<short> pcm, Span<byte> payload)
    {
        try
        {
            var length = _encoder.Encode(pcm, pcm.Length, payload, Math.Min(payload.Length, OpusPacket.MaxBytes));
            return length <= OpusPacket.MaxDtxBytes ? 0 : length;
        }
        catch (Exception exception) when (ConcentusDecoder.IsRefusal(exception))
        {
            return 0;
        }
    }

    public void ExpectLoss(double fraction) => _encoder.PacketLossPercent = _settings.LossWhenReported(fraction);

    public void Dispose() => _encoder.Dispose();
}
