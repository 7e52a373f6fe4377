using System.Runtime.InteropServices;

namespace PhoneAgent.Telephony.Codecs.Opus.Native;

internal sealed unsafe class NativeOpusEncoder : SafeHandle, IAudioEncoder
{
    private readonly LibOpus _library;
    private readonly OpusEncoderSettings _settings;

    public NativeOpusEncoder(LibOpus library, OpusEncoderSettings settings)
        : base(0, ownsHandle: true)
    {
        (_library, _settings) = (library, settings);
        int error;
        SetHandle(library.CreateEncoder(settings.SampleRate, 1, LibOpus.ApplicationVoip, &error));
        if (IsInvalid)
            throw new InvalidOperationException($"{library.Version} makes no encoder for {settings.SampleRate} Hz: error {error}.");
        Set(LibOpus.SetSignal, LibOpus.SignalVoice);
        Set(LibOpus.SetBitRate, settings.BitRate);
        Set(LibOpus.SetVbr, settings.ConstantBitRate ? 0 : 1);
        Set(LibOpus.SetComplexity, settings.Complexity);
        Set(LibOpus.SetInbandFec, settings.Fec ? 1 : 0);
        Set(LibOpus.SetPacketLoss, settings.ExpectedLoss);
        Set(LibOpus.SetDtx, settings.Dtx ? 1 : 0);
        Set(LibOpus.SetMaxBandwidth, Math.Min(settings.PlaybackRate, settings.SampleRate) < 16000 ? LibOpus.BandwidthNarrow : LibOpus.BandwidthWide);
    }

    public override bool IsInvalid => handle == 0;

    public int Encode(ReadOnlySpan<short> pcm, Span<byte> payload)
    {
        if (IsClosed)
            return 0;
        fixed (short* samples = pcm)
        fixed (byte* bytes = payload)
        {
            var length = _library.Encode(handle, samples, pcm.Length, bytes, Math.Min(payload.Length, OpusPacket.MaxBytes));
            return length <= OpusPacket.MaxDtxBytes ? 0 : length;
        }
    }

    public void ExpectLoss(double fraction)
    {
        if (!IsClosed)
            Set(LibOpus.SetPacketLoss, _settings.LossWhenReported(fraction));
    }

    protected override bool ReleaseHandle()
    {
        _library.DestroyEncoder(handle);
        return true;
    }

    private void Set(int request, int value) => _library.Control(handle, request, value);
}
