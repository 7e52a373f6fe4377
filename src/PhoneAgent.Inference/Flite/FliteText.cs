using System.Text;

namespace PhoneAgent.Inference.Flite;

/// <summary>
/// Text as flite can take it: printable ASCII, no endless words, and where each character came from, so that word marks
/// index the text that was asked for.
/// </summary>
internal sealed class FliteText
{
    /// <summary>Longer runs of letters are broken: letter-to-sound rules of an endless "word" help nobody.</summary>
    private const int LongestWord = 40;

    // A clause this long may end at a sentence's end, at a comma, or at any space: the first sound waits for the analysis of its whole clause.
    private const int SentenceBreakAfter = 60;
    private const int CommaBreakAfter = 140;
    private const int SpaceBreakAfter = 220;

    private static readonly Dictionary<char, string> Substitutes = BuildSubstitutes();

    private readonly List<int> origins;

    private FliteText(string text, List<int> origins) => (Text, this.origins) = (text, origins);

    /// <summary>Printable ASCII.</summary>
    public string Text { get; }

    /// <summary>Index in the original text of a character of <see cref="Text"/>.</summary>
    public int OriginOf(int index) => origins[index];

    public static FliteText Clean(string text, int maxCharacters)
    {
        var clean = new StringBuilder(Math.Min(text.Length, maxCharacters));
        var origins = new List<int>(clean.Capacity);
        var wordLength = 0;
        for (var i = 0; i < text.Length && clean.Length < maxCharacters; i++)
        {
            foreach (var c in AsAscii(text[i]))
            {
                wordLength = c == ' ' ? 0 : wordLength + 1;
                if (wordLength > LongestWord)
                {
                    Append(' ', i);
                    wordLength = 1;
                }
                Append(c, i);
            }
        }
        return new FliteText(clean.ToString(), origins);

        void Append(char c, int origin)
        {
            clean.Append(c);
            origins.Add(origin);
        }
    }

    /// <summary>Ranges of <see cref="Text"/> to be spoken one after the other. Ranges without a letter or digit are left out.</summary>
    public IEnumerable<Range> Clauses()
    {
        var start = 0;
        for (var i = 0; i < Text.Length; i++)
        {
            if (!EndsClause(start, i))
                continue;
            if (HasSpeech(start, i + 1))
                yield return start..(i + 1);
            start = i + 1;
        }
        if (HasSpeech(start, Text.Length))
            yield return start..Text.Length;
    }

    private bool EndsClause(int start, int i)
    {
        if (i + 1 < Text.Length && Text[i + 1] != ' ')
            return false;
        var length = i + 1 - start;
        return Text[i] switch
        {
            '.' or '!' or '?' => length >= SentenceBreakAfter,
            ',' or ';' or ':' => length >= CommaBreakAfter,
            _ => length >= SpaceBreakAfter,
        };
    }

    private bool HasSpeech(int start, int end)
    {
        for (var i = start; i < end; i++)
            if (char.IsAsciiLetterOrDigit(Text[i]))
                return true;
        return false;
    }

    private static string AsAscii(char c) => c switch
    {
        > ' ' and <= '~' => AsciiStrings[c],
        _ => Substitutes.GetValueOrDefault(c, " "),
    };

    private static readonly string[] AsciiStrings = [.. Enumerable.Range(0, 127).Select(c => ((char)c).ToString())];

    private static Dictionary<char, string> BuildSubstitutes()
    {
        // By hand: with invariant globalisation there is no Unicode decomposition.
        var map = new Dictionary<char, string>
        {
            ['’'] = "'", ['‘'] = "'", ['“'] = "\"", ['”'] = "\"", ['–'] = "-", ['—'] = ", ", ['…'] = "...",
            ['ß'] = "ss", ['æ'] = "ae", ['Æ'] = "Ae", ['œ'] = "oe", ['Œ'] = "Oe", ['€'] = " euro ", ['£'] = " pound ",
            ['°'] = " degrees ", ['½'] = " half ", ['¼'] = " quarter ",
        };
        AddAll("àáâãäåā", "a"); AddAll("ÀÁÂÃÄÅĀ", "A"); AddAll("çćč", "c"); AddAll("ÇĆČ", "C"); AddAll("ďđð", "d");
        AddAll("èéêëēęě", "e"); AddAll("ÈÉÊËĒĘĚ", "E"); AddAll("ìíîïīı", "i"); AddAll("ÌÍÎÏĪİ", "I"); AddAll("ł", "l"); AddAll("Ł", "L");
        AddAll("ñńň", "n"); AddAll("ÑŃŇ", "N"); AddAll("òóôõöøōő", "o"); AddAll("ÒÓÔÕÖØŌŐ", "O"); AddAll("řŕ", "r"); AddAll("ŘŔ", "R");
        AddAll("śšşș", "s"); AddAll("ŚŠŞȘ", "S"); AddAll("ťţț", "t"); AddAll("ŤŢȚ", "T"); AddAll("ùúûüūůű", "u"); AddAll("ÙÚÛÜŪŮŰ", "U");
        AddAll("ýÿ", "y"); AddAll("ÝŸ", "Y"); AddAll("źżž", "z"); AddAll("ŹŻŽ", "Z");
        return map;

        void AddAll(string characters, string ascii)
        {
            foreach (var c in characters)
                map[c] = ascii;
        }
    }
}
