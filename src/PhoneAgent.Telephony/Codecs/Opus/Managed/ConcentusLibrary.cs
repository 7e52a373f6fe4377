using Concentus;

namespace PhoneAgent.Telephony.Codecs.Opus.Managed;

/// <summary>Concentus: Opus in C#, so the same on every system.</summary>
internal sealed class ConcentusLibrary : IOpusLibrary
{
    // Else it would look for a libopus of its own accord: which one is used is decided in OpusLibraries.
    static ConcentusLibrary() => OpusCodecFactory.AttemptToUseNativeLibrary = false;

    public string Name => "Concentus";

    public IAudioEncoder CreateEncoder(OpusEncoderSettings settings) => new ConcentusEncoder(settings);

    public IAudioDecoder CreateDecoder(int sampleRate) => new ConcentusDecoder(sampleRate);
}
