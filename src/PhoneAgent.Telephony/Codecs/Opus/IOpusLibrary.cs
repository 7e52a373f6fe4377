namespace PhoneAgent.Telephony.Codecs.Opus;

/// <summary>
/// Whoever does the arithmetic of Opus (RFC 6716): the package Concentus or the system's libopus. Both give packets that the
/// other reads. Thread-safe; what it makes belongs to one stream.
/// </summary>
public interface IOpusLibrary
{
    /// <summary>Name and version as the library states them.</summary>
    string Name { get; }

    /// <param name="settings">Valid ones (<see cref="OpusEncoderSettings"/>); others are a defect.</param>
    IAudioEncoder CreateEncoder(OpusEncoderSettings settings);

    /// <param name="sampleRate">8000 or 16000, whatever the sender encodes.</param>
    IAudioDecoder CreateDecoder(int sampleRate);
}
