using PhoneAgent.Audio.Features;

namespace PhoneAgent.Inference.Emotion;

/// <summary>What a frame of a classifier's input can hold.</summary>
internal enum FeatureChannel
{
    LogMel,
    EnergyDb,
    PitchHz,
    PitchClarity,
}

internal static class FeatureChannels
{
    /// <summary>As descriptions name them.</summary>
    public static IReadOnlyDictionary<string, FeatureChannel> Names { get; } = new Dictionary<string, FeatureChannel>
    {
        ["log_mel"] = FeatureChannel.LogMel,
        ["energy_db"] = FeatureChannel.EnergyDb,
        ["pitch_hz"] = FeatureChannel.PitchHz,
        ["pitch_clarity"] = FeatureChannel.PitchClarity,
    };

    /// <summary>Values of it in a frame.</summary>
    public static int Width(this FeatureChannel channel) => channel == FeatureChannel.LogMel ? MelSpectrogram.Bands : 1;
}
