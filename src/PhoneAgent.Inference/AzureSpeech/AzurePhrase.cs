using PhoneAgent.Conversation.Dialogue.Language;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Inference.AzureSpeech;

/// <summary>A phrase as the service heard it; an utterance may have several.</summary>
/// <param name="Text">As it is written, with punctuation and numerals.</param>
/// <param name="Lexical">As it was spoken, in lower-case words; null in interims.</param>
/// <param name="Confidence">The service's, 0–1.</param>
/// <param name="Language">BCP 47 tag, where the service was to find out.</param>
internal sealed record AzurePhrase(string Text, string? Lexical, double Confidence, string? Language, IReadOnlyList<RecognizedWord> Words);

/// <summary>Maps phrases to the port's result. Pure.</summary>
internal static class AzureResult
{
    /// <summary>What interims are taken for: the service gives them none.</summary>
    private const double InterimConfidence = 0.5;

    private const int MaxPhrases = 500;
    private const int SentencesPerPhrase = 20;

    /// <param name="phrases">Final ones so far.</param>
    /// <param name="interim">What comes after them, not final yet; null for none.</param>
    public static RecognitionResult Of(IReadOnlyList<AzurePhrase> phrases, AzurePhrase? interim, AnswerMatcher answers, string requested)
    {
        var all = interim is null ? phrases : [.. phrases, interim];
        var language = all.LastOrDefault(phrase => phrase.Language is not null)?.Language;
        var spoken = language ?? requested;
        // The lexical form is the contract's already; where it lacks, numerals are put into words.
        var text = string.Join(' ', all.Select(phrase => phrase.Lexical is { Length: > 0 } lexical ? lexical : phrase.Text));
        var match = answers.Match(text, spoken);
        if (match.Words.Count == 0)
            return new RecognitionResult { IsFinal = true, Outcome = RecognitionOutcome.Empty, Language = language };
        var heard = all.Where(phrase => phrase.Text.Length > 0 || phrase.Lexical is { Length: > 0 }).ToList();
        return new RecognitionResult
        {
            IsFinal = true, Outcome = RecognitionOutcome.Recognized, Text = match.Text, Tag = match.Tag, IsCompleteAnswer = match.Tag is not null,
            Confidence = heard.Min(phrase => phrase.Lexical is null ? InterimConfidence : Math.Clamp(phrase.Confidence, 0, 1)), Language = language,
            Words = interim is null ? [.. heard.SelectMany(phrase => phrase.Words)] : [],
        };
    }

    /// <summary>The phrase list of an expectation: sentences without the signs of the phrase syntax, at most as many as the service takes.</summary>
    public static IReadOnlyList<string> PhraseList(Expectation expectation) =>
    [
        .. expectation.Answers.OfType<PhraseAnswer>().SelectMany(answer => answer.Phrases)
            .SelectMany(phrase => PhrasePattern.TryParse(phrase, out var pattern, out _) ? pattern.Sentences(SentencesPerPhrase) : [])
            .Distinct(StringComparer.Ordinal).Take(MaxPhrases),
    ];
}
