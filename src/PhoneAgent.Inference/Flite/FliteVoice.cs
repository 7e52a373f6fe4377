using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Inference.Flite;

/// <param name="Id">The part of the library's name after libflite_cmu_us_.</param>
internal sealed record FliteVoice(string Id, string Description)
{
    /// <summary>All 16 kHz voices of Debian's libflite1, best first. The 8 kHz kal is the same speaker as kal16.</summary>
    public static readonly IReadOnlyList<FliteVoice> All =
    [
        new("slt", "US English, female; the most pleasant"),
        new("rms", "US English, male; the most intelligible"),
        new("awb", "Scottish-accented English, male"),
        new("kal16", "US English, male, diphone; robotic, quick"),
    ];

    public VoiceInfo ToInfo() => new(Id, "en-US", Description);
}
