using PhoneAgent.Conversation.Dialogue.Language;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Inference.Whisper;

/// <summary>Makes the port's result of written words. Pure.</summary>
internal static class HeardResult
{
    /// <summary>Words that are settled while the caller goes on.</summary>
    public static RecognitionResult Interim(IReadOnlyList<WrittenWord> words, AnswerMatcher answers, string language) =>
        Understand(words, answers, language) with { IsFinal = false };

    /// <summary>A whole utterance, for a probe or a final.</summary>
    /// <param name="prompt">What the model was given as text before.</param>
    public static RecognitionResult Whole(
        IReadOnlyList<WrittenWord> words, AnswerMatcher answers, string language, TimeSpan voiced, string prompt, WhisperOptions options)
    {
        var result = Understand(words, answers, language);
        if (result.Words.Count == 0)
            return new RecognitionResult { IsFinal = true, Outcome = RecognitionOutcome.Empty };
        List<string> texts = Texts(result.Words);
        if (result.Tag is null ? GhostFilter.IsGhost(texts, voiced, result.Confidence, prompt) : GhostFilter.IsFasterThanSpeech(texts, voiced))
            return new RecognitionResult { IsFinal = true, Outcome = RecognitionOutcome.Empty };
        return result.Confidence >= options.RejectBelow
            ? result
            : result with { Outcome = RecognitionOutcome.Rejected, Tag = null, IsCompleteAnswer = false };
    }

    private static RecognitionResult Understand(IReadOnlyList<WrittenWord> words, AnswerMatcher answers, string language)
    {
        var cardinals = Speak(words, language, NumberReading.Cardinal);
        var digits = answers.ExpectsDigits ? Speak(words, language, NumberReading.Digits) : cardinals;
        var cardinalTexts = Texts(cardinals);
        var match = answers.Match(cardinalTexts, answers.ExpectsDigits ? Texts(digits) : cardinalTexts);
        var spoken = match.Reading == NumberReading.Digits ? digits : cardinals;
        return new RecognitionResult
        {
            IsFinal = true, Outcome = RecognitionOutcome.Recognized, Text = match.Text, Tag = match.Tag, IsCompleteAnswer = match.Tag is not null,
            Words = spoken, Confidence = spoken.Count == 0 ? 0 : Math.Exp(spoken.Average(word => Math.Log(word.Confidence))),
        };
    }

    /// <summary>A written word may be several spoken ones ("42"); they share its time.</summary>
    private static List<RecognizedWord> Speak(IReadOnlyList<WrittenWord> words, string language, NumberReading reading)
    {
        var spoken = new List<RecognizedWord>();
        foreach (var word in words)
        {
            var parts = SpokenText.Speak(word.Text, spoken.Count == 0 ? null : spoken[^1].Text, language, reading);
            var length = (word.End - word.Start) / Math.Max(1, parts.Count);
            for (var i = 0; i < parts.Count && spoken.Count < Words.MaxWords; i++)
                spoken.Add(new RecognizedWord(parts[i], word.Start + i * length, word.Start + (i + 1) * length, word.Probability));
        }
        return spoken;
    }

    private static List<string> Texts(IReadOnlyList<RecognizedWord> words) => [.. words.Select(word => word.Text)];
}
