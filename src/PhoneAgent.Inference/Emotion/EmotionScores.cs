using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Inference.Emotion;

/// <summary>Turns a network's logits into a reading in our words.</summary>
internal static class EmotionScores
{
    /// <summary>
    /// The likeliest label that reaches its threshold; "unknown" when that is not likely enough. A label below its threshold is
    /// never said, whatever comes after it.
    /// </summary>
    public static EmotionReading Read(ReadOnlySpan<float> logits, EmotionDescription description)
    {
        float most = float.NegativeInfinity;
        foreach (float logit in logits)
        {
            if (!float.IsFinite(logit))
                return EmotionReading.Unknown("the model gave no numbers");
            most = Math.Max(most, logit);
        }
        var probabilities = new Dictionary<string, double>();
        double sum = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            double weight = Math.Exp((logits[i] - most) / description.Temperature);
            probabilities[description.Labels[i]] = probabilities.GetValueOrDefault(description.Labels[i]) + weight;
            sum += weight;
        }
        foreach (string label in probabilities.Keys)
            probabilities[label] /= sum;
        (string? best, double confidence) = (null, 0);
        foreach ((string label, double probability) in probabilities)
        {
            if (probability > confidence && probability >= description.Thresholds.GetValueOrDefault(label))
                (best, confidence) = (label, probability);
        }
        return best is null or EmotionLabels.Unknown || confidence < description.UnknownBelow
            ? EmotionReading.Unknown("no tone is likely enough")
            : new EmotionReading(best, confidence, probabilities);
    }
}
