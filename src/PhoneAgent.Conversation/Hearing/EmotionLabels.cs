namespace PhoneAgent.Conversation.Hearing;

/// <summary>How a caller can sound, in the words that the timeline, agents' files and the dashboard use. Classifiers map their own classes to these.</summary>
public static class EmotionLabels
{
    public const string Calm = "calm";
    public const string Happy = "happy";
    public const string Anxious = "anxious";
    public const string Frustrated = "frustrated";
    public const string Neutral = "neutral";
    public const string Sad = "sad";

    /// <summary>Nothing can be said: too short, no voice, or nothing is likely enough.</summary>
    public const string Unknown = "unknown";

    /// <summary>All but <see cref="Unknown"/>.</summary>
    public static IReadOnlyList<string> Known { get; } = [Calm, Happy, Anxious, Frustrated, Neutral, Sad];
}
