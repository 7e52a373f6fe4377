using System.Collections.Frozen;

namespace PhoneAgent.Conversation.Speaking;

/// <summary>
/// Where a text may be cut. Sentences end at . ! ? ; … and their like in other scripts, with the quotation marks and
/// brackets that follow, before white space; and at a line break. Not at the point of an abbreviation, a number, a time, an address, an ellipsis
/// that goes on, or inside quotation marks. In doubt there is no cut: a sentence too long costs milliseconds, one cut in
/// two is heard. Clauses end at a comma, colon or dash before white space, and before a conjunction.
/// Each rule answers <see cref="Cut.NeedsMore"/> as long as characters are missing that it would look at.
/// </summary>
internal static class SentenceRules
{
    // How far behind a mark the rules look, so that the wait for more text has an end: what is longer counts as if it ended there.
    private const int MaxSpaces = 4;
    private const int MaxWord = 12;
    private const int MaxMarks = 16;

    /// <summary>Never end a sentence: something belongs to them.</summary>
    private static readonly FrozenSet<string> Open = FrozenSet.ToFrozenSet(
        ["mr", "mrs", "ms", "dr", "prof", "sr", "rev", "hon", "gen", "col", "capt", "lt", "sgt", "messrs", "mx", "mme", "mlle", "hr", "fr", "sra",
         "vs", "e.g", "i.e", "approx", "ca", "ext", "fig", "cf", "al", "tel", "incl", "excl", "min", "max", "est", "mt", "ft", "z.b", "d.h", "u.a", "bzw", "usw",
         "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mon", "tue", "tues", "wed", "thu", "thurs", "fri", "sat", "sun"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Stand within a sentence or at its end; the next word tells.</summary>
    private static readonly FrozenSet<string> Either = FrozenSet.ToFrozenSet(
        ["st", "ave", "rd", "blvd", "etc", "inc", "ltd", "co", "corp", "dept", "jr", "plc", "llc", "gmbh", "str", "ph.d"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Abbreviations before a number, words otherwise.</summary>
    private static readonly FrozenSet<string> BeforeNumber = FrozenSet.ToFrozenSet(["no", "nos", "nr", "p", "pp", "vol", "art", "sec", "ch"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Words that begin a sentence rather than a name.</summary>
    private static readonly FrozenSet<string> Starters = FrozenSet.ToFrozenSet(
        ["I", "I'm", "I'll", "I've", "I'd", "It", "It's", "The", "This", "That", "These", "Those", "We", "We'll", "We're", "You", "You'll", "You're", "He", "She",
         "They", "There", "Here", "Is", "Are", "Was", "Were", "Do", "Does", "Did", "Can", "Could", "Would", "Will", "Should", "What", "When", "Where", "Which", "Who",
         "Why", "How", "Please", "Thank", "Thanks", "If", "And", "But", "So", "Then", "Our", "Your", "My", "After", "Before", "Let", "Let's", "Have", "Has",
         "Yes", "No", "Anything", "Shall", "Sorry", "Goodbye", "Der", "Die", "Das", "Wir", "Sie", "Ich", "Es"],
        StringComparer.Ordinal);

    /// <summary>German has a point behind ordinals: "am 3. Mai", "im 2. Stock".</summary>
    private static readonly FrozenSet<string> AfterOrdinal = FrozenSet.ToFrozenSet(
        ["Januar", "Jänner", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember",
         "Stock", "Etage", "Obergeschoss", "Klasse", "Mal", "Platz", "Quartal", "Jahrhundert", "Woche", "Tag"],
        StringComparer.Ordinal);

    private static readonly FrozenSet<string> Conjunctions = FrozenSet.ToFrozenSet(
        ["and", "but", "because", "so", "or", "which", "while", "although", "unless", "und", "aber", "weil", "oder"], StringComparer.Ordinal);

    /// <summary>Whether the sentence that began at <paramref name="start"/> ends at <paramref name="at"/>.</summary>
    /// <param name="quote">The quotation mark that is open, or NUL.</param>
    /// <param name="quoted">It is open and still believed.</param>
    /// <param name="complete">Nothing follows the text.</param>
    /// <param name="end">Where the next sentence may begin.</param>
    public static Cut EndOfSentence(ReadOnlySpan<char> text, int start, int at, char quote, bool quoted, bool complete, out int end)
    {
        end = at + 1;
        char c = text[at];
        if (c is '\n')
            return Cut.Here;
        if (!IsEnd(c))
            return Cut.No;
        if (at > start && IsEnd(text[at - 1]))
            return Cut.No; // "?!" and "..." are judged at their first mark
        int marks = RunOf(text, at, IsEnd);
        int after = RunOf(text, marks, IsCloser);
        if (after == text.Length)
        {
            end = after;
            return complete ? Cut.Here : Cut.NeedsMore;
        }
        bool closed = text[marks..after].ContainsAny(ClosersOf(quote));
        if (quoted && !closed)
            return Cut.No;
        end = after;
        if (IsWide(text[marks - 1]))
            return Cut.Here;
        if (!char.IsWhiteSpace(text[after]))
            return Cut.No; // 3.5, www.example.com, a?b
        Cut peeked = Peek(text, after, complete, out int next);
        if (peeked != Cut.Here)
            return peeked;
        if (char.IsLower(text[next]))
            return text[at] == '.' || text[at] == '…' || after > marks ? Cut.No : Cut.Here; // an abbreviation that no list has; "Really?" she asked.
        if (text[at] == '…' || (text[at] == '.' && marks - at > 1))
            return char.IsUpper(text[next]) && text[next] != 'I' ? Cut.Here : Cut.No; // "Well... I think" goes on
        return text[at] == '.' ? AfterPoint(text, start, at, next, complete) : Cut.Here;
    }

    /// <summary>Behind a comma, colon or dash that stands before white space.</summary>
    public static Cut EndOfClause(ReadOnlySpan<char> text, int at, bool complete, out int end)
    {
        end = at + 1;
        if (text[at] is '，' or '、' or '：')
            return at + 1 < text.Length || complete ? Cut.Here : Cut.NeedsMore;
        if (text[at] is not (',' or ':' or '–' or '—' or '-'))
            return Cut.No;
        if (at + 1 == text.Length)
            return complete ? Cut.No : Cut.NeedsMore;
        if (text[at] == '—')
            return Cut.Here;
        if (!char.IsWhiteSpace(text[at + 1]) || (text[at] == '-' && !char.IsWhiteSpace(text[at - 1])))
            return Cut.No; // 1,000; 9:30; well-known
        if (!char.IsDigit(text[at - 1]))
            return Cut.Here;
        Cut peeked = Peek(text, at + 1, complete, out int next);
        // "5 5 5, 1 2 3": digits are read out as one.
        return peeked == Cut.Here && char.IsDigit(text[next]) ? Cut.No : peeked;
    }

    /// <summary>At a space before "and", "but", "because" ….</summary>
    public static Cut BeforeConjunction(ReadOnlySpan<char> text, int at, bool complete, out int end)
    {
        end = at;
        if (text[at] != ' ')
            return Cut.No;
        Cut peeked = Peek(text, at, complete, out int next);
        return peeked == Cut.Here ? IsWordOf(Conjunctions, text, next, complete) : peeked;
    }

    public static bool Opens(char c) => c is '"' or '“' or '„' or '«' or '「' or '『';

    public static bool Closes(char open, char c) => ClosersOf(open).Contains(c);

    private static string ClosersOf(char open) => open switch
    {
        '"' => "\"",
        '“' => "”",
        '„' => "“”",
        '«' => "»",
        '「' => "」",
        '『' => "』",
        _ => "",
    };

    private static bool IsEnd(char c) => c is '.' or '!' or '?' or ';' or '…' or '؟' or '۔' or '।' or '॥' or '։' or '።' || IsWide(c);

    private static bool IsWide(char c) => c is '。' or '！' or '？' or '；' or '｡';

    private static bool IsCloser(char c) => c is '"' or '\'' or '”' or '’' or '“' or '»' or ')' or ']' or '}' or '」' or '』' or '）' or '】' or '*' or '_';

    /// <summary>Behind one point and white space comes no small letter: what stands before the point decides.</summary>
    private static Cut AfterPoint(ReadOnlySpan<char> text, int start, int at, int next, bool complete)
    {
        ReadOnlySpan<char> before = text[start..at];
        ReadOnlySpan<char> word = LastWord(before);
        if (Contains(Open, word))
            return Cut.No;
        if (Contains(BeforeNumber, word))
            return char.IsDigit(text[next]) || text[next] == '#' ? Cut.No : Cut.Here;
        if (IsNumber(word) && (char.IsDigit(text[next]) || word.Length == before.Trim().Length))
            return Cut.No; // "1. Open the box"
        if (IsNumber(word) && word.Length <= 2)
            return IsWordOf(AfterOrdinal, text, next, complete) switch { Cut.Here => Cut.No, Cut.No => Cut.Here, var unknown => unknown };
        return Contains(Either, word) || IsInitials(word) ? IsWordOf(Starters, text, next, complete) : Cut.Here;
    }

    /// <summary>Finds the next thing behind white space; none when the text ends or white space goes on and on, which ends a sentence too.</summary>
    private static Cut Peek(ReadOnlySpan<char> text, int at, bool complete, out int next)
    {
        int limit = Math.Min(text.Length, at + MaxSpaces);
        for (next = at; next < limit && char.IsWhiteSpace(text[next]) && text[next] != '\n';)
            next++;
        if (next < text.Length)
            return Cut.Here;
        next = at;
        return complete ? Cut.Here : Cut.NeedsMore;
    }

    private static Cut IsWordOf(FrozenSet<string> words, ReadOnlySpan<char> text, int at, bool complete)
    {
        int end = at;
        while (end < text.Length && end - at < MaxWord && (char.IsLetter(text[end]) || text[end] is '\'' or '’'))
            end++;
        if (end == text.Length && end - at < MaxWord && !complete)
            return Cut.NeedsMore;
        return Contains(words, text[at..end]) ? Cut.Here : Cut.No;
    }

    private static bool Contains(FrozenSet<string> words, ReadOnlySpan<char> word) => words.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word);

    /// <summary>Where a run of marks that begins at <paramref name="at"/> ends.</summary>
    private static int RunOf(ReadOnlySpan<char> text, int at, Func<char, bool> isMark)
    {
        int limit = Math.Min(text.Length, at + MaxMarks);
        while (at < limit && isMark(text[at]))
            at++;
        return at;
    }

    private static ReadOnlySpan<char> LastWord(ReadOnlySpan<char> before)
    {
        int begin = before.Length;
        while (begin > 0 && !char.IsWhiteSpace(before[begin - 1]) && before[begin - 1] is not ('(' or '"' or '“' or '/' or '-'))
            begin--;
        return before[begin..];
    }

    private static bool IsNumber(ReadOnlySpan<char> word)
    {
        foreach (char c in word)
        {
            if (!char.IsDigit(c))
                return false;
        }
        return !word.IsEmpty;
    }

    /// <summary>"J", "U.S", "a.m": single letters with points between.</summary>
    private static bool IsInitials(ReadOnlySpan<char> word)
    {
        for (int i = 0; i < word.Length; i++)
        {
            if (i % 2 == 0 ? !char.IsLetter(word[i]) : word[i] != '.')
                return false;
        }
        return word.Length % 2 == 1 && word is not "I";
    }
}
