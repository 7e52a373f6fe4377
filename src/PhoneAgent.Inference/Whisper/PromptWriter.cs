using System.Text;
using PhoneAgent.Conversation.Dialogue.Language;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Inference.Whisper;

/// <summary>
/// Writes what is expected as text that might have come before: Whisper continues in its words and its style. Sentences, because
/// a bare list of words makes it write lists. Pure.
/// </summary>
internal static class PromptWriter
{
    /// <summary>Whisper reads at most 224 tokens, the last ones; a long prompt also makes it repeat it.</summary>
    private const int MaxCharacters = 300;

    private const int PhrasesPerAnswer = 4;

    /// <param name="before">Words of the utterance that come before the stretch; they are given last.</param>
    public static string Write(Expectation expectation, IReadOnlyList<WrittenWord> before)
    {
        var sentences = new List<string>();
        var length = 0;
        foreach (var sentence in expectation.Answers.SelectMany(Examples).Distinct(StringComparer.Ordinal))
        {
            length += sentence.Length + 2;
            if (length > MaxCharacters)
                break;
            sentences.Add(sentence);
        }
        sentences.Reverse(); // what was expected first is nearest to what comes
        var prompt = new StringBuilder();
        foreach (var sentence in sentences)
            prompt.Append(char.ToUpperInvariant(sentence[0])).Append(sentence, 1, sentence.Length - 1).Append(". ");
        foreach (var word in before.TakeLast(40))
            prompt.Append(word.Text).Append(' ');
        return prompt.ToString().TrimEnd();
    }

    private static IEnumerable<string> Examples(ExpectedAnswer answer) => answer switch
    {
        PhraseAnswer phrases => phrases.Phrases
            .Select(phrase => PhrasePattern.TryParse(phrase, out var pattern, out _) ? pattern.Sentences(1).FirstOrDefault() : null)
            .OfType<string>().Take(PhrasesPerAnswer),
        // Digits with spaces: the model then writes numbers as they are read out, not as amounts.
        DigitsAnswer => ["it's 4 2 0 7 1 8"],
        YesNoAnswer => ["yes", "no"],
        DateAnswer => ["on Monday, May 5th"],
        TimeAnswer => ["at half past two, at 10:30"],
        _ => [],
    };
}
