using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Inference.Piper;

/// <summary>A piece of text between two marks of punctuation.</summary>
/// <param name="Mark">The phoneme of the mark behind it: , : ; . ? ! or empty.</param>
internal readonly record struct PiperClause(string Text, string Mark)
{
    private const string Closers = "\"')]}”’»」』*_";

    public bool EndsSentence => Mark is "." or "?" or "!";

    /// <summary>Clauses in order; those without a letter or digit are left out.</summary>
    public static IEnumerable<PiperClause> Split(string text)
    {
        foreach (var sentence in SentenceChunker.Split(text))
        {
            var start = 0;
            for (var i = 0; i < sentence.Length; i++)
            {
                if (i + 1 < sentence.Length && !EndsAt(sentence, i))
                    continue;
                var clause = sentence[start..(i + 1)].Trim();
                start = i + 1;
                if (clause.Any(char.IsLetterOrDigit))
                    yield return new PiperClause(clause, MarkOf(clause));
            }
        }
    }

    private static bool EndsAt(string text, int i) => text[i] switch
    {
        ',' or ':' or ';' or '–' => char.IsWhiteSpace(text[i + 1]),
        '—' or '，' or '、' or '：' or '；' => true,
        _ => false,
    };

    private static string MarkOf(string clause)
    {
        var last = clause.AsSpan().TrimEnd(Closers);
        return last.IsEmpty ? "" : last[^1] switch
        {
            ',' or '，' or '、' => ",",
            ':' or '：' => ":",
            // eSpeak NG makes the pause of a semicolon for these.
            ';' or '；' or '—' or '–' or '…' => ";",
            '.' or '。' or '।' => ".",
            '?' or '？' or '؟' => "?",
            '!' or '！' => "!",
            _ => "",
        };
    }
}
