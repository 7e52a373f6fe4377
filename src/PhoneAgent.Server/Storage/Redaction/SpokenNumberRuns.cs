using System.Text;
using PhoneAgent.Conversation.Dialogue.Language;

namespace PhoneAgent.Server.Storage.Redaction;

/// <summary>Digits that stand together in a text, written or spoken, in whatever groups: "+44 20 7946 0958", "four two, double zero seven".</summary>
/// <param name="Start">Of the first digit (or its word) in the text.</param>
/// <param name="End">Behind the last one.</param>
/// <param name="MayGoOn">Digits that were read out and are the last that was said: the rest may follow in the next breath.</param>
internal sealed record NumberRun(int Start, int End, string Digits, bool MayGoOn);

/// <summary>Finds <see cref="NumberRun"/>s.</summary>
internal static class SpokenNumberRuns
{
    private const int MaxConnectors = 2;
    // "Ten thirty" is a time, "one oh three" is read out.
    private const int PiecesReadOut = 3;

    // What people put between the groups of a number. "Hundred" and "thousand" are not among them: they make a quantity.
    private static readonly HashSet<string> Connectors = new(StringComparer.Ordinal)
    {
        "dash", "hyphen", "plus", "slash", "space", "comma", "and", "then", "um", "uh", "er", "erm", "area", "code", "extension",
    };

    private readonly record struct Token(int Start, int End, string Word, string? Digits)
    {
        public bool IsTens => Digits is { Length: 2 } && Digits[1] == '0' && !char.IsAsciiDigit(Word[0]) && Word != "ten";
        public bool IsUnit => Digits is { Length: 1 } and not "0" && !char.IsAsciiDigit(Word[0]);
    }

    public static IEnumerable<NumberRun> Find(string text)
    {
        List<Token> tokens = Tokens(text);
        for (int at = 0; at < tokens.Count; at++)
        {
            if (ReadRun(text, tokens, ref at) is { } run)
                yield return run;
        }
    }

    /// <summary>Reads the run that begins at a token; leaves <paramref name="at"/> at its last one.</summary>
    private static NumberRun? ReadRun(string text, List<Token> tokens, ref int at)
    {
        int first = at;
        int last = -1;
        int pieces = 0;
        var digits = new StringBuilder();
        for (int i = at; i < tokens.Count; i++)
        {
            if (i > first && (!Joins(text, tokens[i - 1].End, tokens[i].Start) || i - Math.Max(last, first) > MaxConnectors + 1))
                break;
            if (TakeDigits(tokens, ref i) is { } taken)
            {
                digits.Append(taken);
                (last, pieces) = (i, pieces + (char.IsAsciiDigit(tokens[i].Word[^1]) ? taken.Length : 1));
            }
            else if (last < 0 || !Connectors.Contains(tokens[i].Word))
                break;
        }
        if (last < 0)
            return null;
        at = last;
        bool isLast = tokens.Skip(last + 1).All(t => Connectors.Contains(t.Word));
        return new NumberRun(tokens[first].Start, tokens[last].End, digits.ToString(), isLast && pieces >= PiecesReadOut);
    }

    private static string? TakeDigits(List<Token> tokens, ref int at)
    {
        Token token = tokens[at];
        if (token.Word is "double" or "triple" or "treble" && at + 1 < tokens.Count && tokens[at + 1].Digits is { Length: 1 } repeated)
        {
            at++;
            return new string(repeated[0], token.Word == "double" ? 2 : 3);
        }
        if (token.IsTens && at + 1 < tokens.Count && tokens[at + 1].IsUnit)
        {
            at++;
            return $"{token.Digits![0]}{tokens[at].Digits}";
        }
        return token.Digits;
    }

    private static bool Joins(string text, int from, int to) =>
        text.AsSpan(from, to - from).IndexOfAnyExcept(" \t,-–./()+".AsSpan()) < 0;

    private static List<Token> Tokens(string text)
    {
        var tokens = new List<Token>();
        int at = 0;
        while (at < text.Length)
        {
            if (!char.IsLetterOrDigit(text[at]))
            {
                at++;
                continue;
            }
            int start = at;
            at = DateText.EndOf(text, start) is { } end ? end : WordEnd(text, start);
            string word = text[start..at].ToLowerInvariant();
            tokens.Add(new Token(start, at, word, DigitsOf(word)));
        }
        return tokens;
    }

    private static int WordEnd(string text, int at)
    {
        while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '\'' or '’'))
            at++;
        return at;
    }

    private static string? DigitsOf(string word)
    {
        if (char.IsAsciiLetter(word[0]) && word.Length <= 9 && SpokenDigits.TryParse([word], out string digits))
            return digits;
        if (word.All(char.IsAsciiDigit))
            return word;
        // AB123456, DE89370400440532013000: the letters belong to it.
        string inside = string.Concat(word.Where(char.IsAsciiDigit));
        return inside.Length >= TextRedactor.MinDigits && !DateText.IsDate(word) ? inside : null;
    }
}
