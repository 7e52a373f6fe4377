using PhoneAgent.Audio.Features;

namespace PhoneAgent.Inference.Emotion;

/// <summary>
/// Says why a sound is not judged: a classifier of voices gives rain a mood, too. The bounds are far from those of speech on
/// purpose; what lies between is the classifier's.
/// </summary>
internal static class VoiceGate
{
    /// <summary>A sneeze has less; of a short "no" too little is known.</summary>
    private static readonly TimeSpan s_leastVoiced = TimeSpan.FromMilliseconds(350);

    private const double LeastVoicedShare = 0.15;
    private const double LeastPitchSpread = 1.25;
    private const double MostSteadyShare = 0.4;
    private const double MostClippedShare = 0.1;

    /// <summary>Null for what may be a voice.</summary>
    public static string? Refuse(long frames, int leastFrames, in VoiceSigns signs)
    {
        if (frames < leastFrames)
            return "too short";
        if (signs.Loud == default)
            return "silence";
        if (signs.VoicedShare < LeastVoicedShare)
            return "no voice in it";
        if (signs.VoicedShare * signs.Loud < s_leastVoiced)
            return "too short";
        if (signs.PitchSpread < LeastPitchSpread || signs.SteadyShare > MostSteadyShare)
            return "a tone or music";
        return signs.ClippedShare > MostClippedShare ? "overdriven" : null;
    }
}
