namespace PhoneAgent.Conversation.Hearing;

/// <summary>How an utterance sounds.</summary>
/// <param name="Label">One of <see cref="EmotionLabels"/>.</param>
/// <param name="Confidence">Calibrated probability of the label, 0–1; 0 for "unknown".</param>
/// <param name="Probabilities">Of all labels that the classifier knows; sums to 1; empty for "unknown".</param>
public sealed record EmotionReading(string Label, double Confidence, IReadOnlyDictionary<string, double> Probabilities)
{
    private static readonly Dictionary<string, double> s_none = [];

    /// <summary>Why it is "unknown", a few words; null otherwise.</summary>
    public string? Reason { get; init; }

    public static EmotionReading Unknown(string reason) => new(EmotionLabels.Unknown, 0, s_none) { Reason = reason };
}
