namespace PhoneAgent.Telephony.Codecs.Opus.Native;

/// <summary>The system's libopus.</summary>
internal sealed class NativeOpusLibrary(LibOpus library) : IOpusLibrary
{
    public string Name => library.Version;

    public IAudioEncoder CreateEncoder(OpusEncoderSettings settings) => new NativeOpusEncoder(library, settings);

    public IAudioDecoder CreateDecoder(int sampleRate) => new NativeOpusDecoder(library, sampleRate);
}
