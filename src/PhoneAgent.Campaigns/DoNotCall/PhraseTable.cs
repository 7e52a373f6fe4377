using PhoneAgent.Conversation.Dialogue.Language;

namespace PhoneAgent.Campaigns.DoNotCall;

/// <summary>The phrases of one language with what turns them round. Immutable.</summary>
internal sealed class PhraseTable
{
    private readonly List<PhrasePattern> _phrases = [];
    private readonly List<PhrasePattern> _notBefore = [];
    private readonly List<PhrasePattern> _skip = [];
    private readonly List<PhrasePattern> _why = [];
    private readonly List<PhrasePattern> _notAfter = [];

    private PhraseTable() { }

    public static PhraseTable OfPhrases(IEnumerable<string> phrases)
    {
        var table = new PhraseTable();
        // As words, not as patterns: a bracket in a person's phrase is punctuation.
        table._phrases.AddRange(phrases.Select(phrase => PhrasePattern.Parse(string.Join(' ', Words.Split(phrase)))));
        return table;
    }

    /// <exception cref="FormatException">A line of the embedded file is malformed.</exception>
    public static PhraseTable OfLanguage(string language)
    {
        var table = new PhraseTable();
        using Stream stream = typeof(PhraseTable).Assembly.GetManifestResourceStream($"PhoneAgent.Campaigns.DoNotCall.Phrases.{language}.txt")
            ?? throw new InvalidOperationException($"the program holds no phrases for '{language}'");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            string[] parts = line.Split(':', 2, StringSplitOptions.TrimEntries);
            List<PhrasePattern> kind = parts[0] switch
            {
                "phrase" => table._phrases,
                "not before" => table._notBefore,
                "skip" => table._skip,
                "why" => table._why,
                "not after" => table._notAfter,
                _ => throw new FormatException($"{language}.txt: '{parts[0]}' is no kind of line"),
            };
            kind.Add(PhrasePattern.Parse(parts[1]));
        }
        return table;
    }

    /// <summary>The place of the first phrase that is meant; null when there is none.</summary>
    public Range? Find(Clause clause)
    {
        IReadOnlyList<string> words = clause.Words;
        for (int at = 0; at < words.Count; at++)
        {
            // The longest counts alone: "don't call me again" goes on with "today", "don't call me" does not.
            int end = _phrases.Select(phrase => phrase.MatchAt(words, at)).DefaultIfEmpty(-1).Max();
            if (end > 0 && !IsTurnedRound(clause, at) && !Any(_notAfter, words, end))
                return at..end;
        }
        return null;
    }

    private bool IsTurnedRound(Clause clause, int start)
    {
        IReadOnlyList<string> words = clause.Words;
        // "Why don't you call me again" asks for a call.
        if (EndsAt(_why, words, start) is not null)
            return true;
        if (Any(_notBefore, words, start))
            return false;
        int at = start;
        while (at > 0 && !clause.Starts.Contains(at) && EndsAt(_notBefore, words, at) is null && EndsAt(_skip, words, at) is { } skipped)
            at = skipped;
        return !clause.Starts.Contains(at) && EndsAt(_notBefore, words, at) is { } negation && EndsAt(_why, words, negation) is null;
    }

    private static bool Any(List<PhrasePattern> patterns, IReadOnlyList<string> words, int at) => patterns.Exists(pattern => pattern.MatchAt(words, at) > 0);

    /// <summary>Where the words begin that are one of the patterns and end at <paramref name="end"/>; at most two words.</summary>
    private static int? EndsAt(List<PhrasePattern> patterns, IReadOnlyList<string> words, int end)
    {
        for (int start = end - 1; start >= Math.Max(0, end - 2); start--)
            if (patterns.Exists(pattern => pattern.MatchAt(words, start) == end))
                return start;
        return null;
    }
}
