using PhoneAgent.Conversation.Dialogue.Language;

namespace PhoneAgent.Conversation.Hearing;

/// <summary>
/// Finds the expected answer in what a recogniser with an open vocabulary wrote, so that its result carries the same words,
/// tag and completeness as that of one with a grammar. Immutable; compiled from an <see cref="Expectation"/> once an utterance.
/// </summary>
public sealed class AnswerMatcher
{
    // Whether words are a day does not depend on today; in a leap year every day exists.
    private static readonly DateOnly AnyDay = new(2024, 1, 1);

    private readonly List<(ExpectedAnswer Answer, PhrasePattern[] Patterns)> _answers = [];
    private readonly List<string> _problems = [];

    public AnswerMatcher(Expectation expectation)
    {
        ArgumentNullException.ThrowIfNull(expectation);
        foreach (ExpectedAnswer answer in expectation.Answers)
            _answers.Add((answer, answer is PhraseAnswer phrases ? [.. Compile(phrases)] : []));
        ExpectsDigits = expectation.Answers.Any(answer => answer is DigitsAnswer);
    }

    /// <summary>Phrases that nobody can match, each a sentence.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Numerals that fit no answer are read digit by digit.</summary>
    public bool ExpectsDigits { get; }

    /// <summary>Understands a transcript.</summary>
    /// <param name="language">BCP 47 tag of the transcript.</param>
    public AnswerMatch Match(string transcript, string language)
    {
        IReadOnlyList<string> cardinals = SpokenText.Words(transcript, language, NumberReading.Cardinal);
        return Match(cardinals, ExpectsDigits ? SpokenText.Words(transcript, language, NumberReading.Digits) : cardinals);
    }

    /// <summary>As above, for one that has both readings already. Digits are looked for in the one, all else in the other.</summary>
    public AnswerMatch Match(IReadOnlyList<string> cardinals, IReadOnlyList<string> digits)
    {
        ArgumentNullException.ThrowIfNull(cardinals);
        ArgumentNullException.ThrowIfNull(digits);
        IReadOnlyList<string> plain = Words.WithoutCourtesies(cardinals);
        IReadOnlyList<string> plainDigits = ReferenceEquals(cardinals, digits) ? plain : Words.WithoutCourtesies(digits);
        foreach ((ExpectedAnswer answer, PhrasePattern[] patterns) in _answers)
        {
            NumberReading reading = answer is DigitsAnswer ? NumberReading.Digits : NumberReading.Cardinal;
            if (IsAnswer(answer, patterns, reading == NumberReading.Digits ? plainDigits : plain))
                return new AnswerMatch(answer.Tag, reading, reading == NumberReading.Digits ? digits : cardinals);
        }
        return ExpectsDigits
            ? new AnswerMatch(null, NumberReading.Digits, digits)
            : new AnswerMatch(null, NumberReading.Cardinal, cardinals);
    }

    private static bool IsAnswer(ExpectedAnswer answer, PhrasePattern[] patterns, IReadOnlyList<string> words) => words.Count > 0 && answer switch
    {
        PhraseAnswer => Array.Exists(patterns, pattern => pattern.IsMatch(words)),
        DigitsAnswer digits => SpokenDigits.TryParse(words, out string value) && value.Length >= digits.MinDigits && value.Length <= digits.MaxDigits,
        YesNoAnswer => YesNo.TryParse(words, out _),
        DateAnswer => SpokenDates.TryParse(words, AnyDay, out _),
        TimeAnswer => SpokenTimes.TryParse(words, out _),
        _ => false,
    };

    private List<PhrasePattern> Compile(PhraseAnswer answer)
    {
        var patterns = new List<PhrasePattern>();
        foreach (string phrase in answer.Phrases)
        {
            if (PhrasePattern.TryParse(phrase, out PhrasePattern? pattern, out string? error))
                patterns.Add(pattern);
            else
                _problems.Add($"The phrase '{phrase}' of the answer '{answer.Tag}' cannot be understood: {error}.");
        }
        return patterns;
    }
}

/// <param name="Tag">The expected answer that the words are, complete; null when they are none.</param>
/// <param name="Reading">How numerals were read.</param>
/// <param name="Words">The words as spoken.</param>
public sealed record AnswerMatch(string? Tag, NumberReading Reading, IReadOnlyList<string> Words)
{
    public string Text => string.Join(' ', Words);
}
