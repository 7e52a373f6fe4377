using System.Text;

namespace PhoneAgent.Server.Storage.Redaction;

/// <summary>
/// Words that a record should not repeat. The list is short, our own and English: strong swear words and their forms, and no words that
/// are also harmless ("bloody", "ass" of a donkey in a longer word, names). <c>timeline.redact_words</c> adds others.
/// </summary>
internal sealed class ProfanityList
{
    /// <summary>The forms of every stem are found too: -s, -es, -ed, -er, -ers, -ing, -in, -y.</summary>
    private static readonly string[] Stems =
    [
        "fuck", "motherfuck", "shit", "bullshit", "horseshit", "dipshit", "shitt", "cunt", "twat", "wank", "prick", "asshole", "arsehole", "bastard", "bitch",
        "bollock", "bugger", "dickhead", "fuckwit", "goddamn", "jackass", "piss", "slut", "whore", "wanker",
    ];

    private static readonly string[] Endings = ["", "s", "es", "ed", "er", "ers", "ing", "in", "y"];

    private readonly HashSet<string> _words;
    private readonly List<string[]> _phrases;

    /// <param name="more">Words as they are said, without forms; one may be several, e.g. "half-wit".</param>
    public ProfanityList(IEnumerable<string> more)
    {
        ILookup<bool, string[]> entries = more.Select(entry => Words(entry).Select(word => entry[word]).ToArray()).ToLookup(words => words.Length > 1);
        _words = new HashSet<string>(Stems.SelectMany(stem => Endings.Select(ending => stem + ending)).Concat(entries[false].SelectMany(words => words)), StringComparer.OrdinalIgnoreCase);
        _phrases = [.. entries[true].OrderByDescending(words => words.Length)];
    }

    /// <summary>Puts <paramref name="instead"/> in the place of every listed word, however it is capitalised.</summary>
    public string Replace(string text, string instead)
    {
        StringBuilder? replaced = null;
        int kept = 0;
        List<Range> words = Words(text);
        for (int at = 0; at < words.Count;)
        {
            int listed = ListedAt(text, words, at);
            if (listed > 0)
            {
                (replaced ??= new StringBuilder(text.Length)).Append(text, kept, words[at].Start.Value - kept).Append(instead);
                kept = words[at + listed - 1].End.Value;
            }
            at += Math.Max(listed, 1);
        }
        return replaced is null ? text : replaced.Append(text, kept, text.Length - kept).ToString();
    }

    /// <summary>How many words from there on are listed as one.</summary>
    private int ListedAt(string text, List<Range> words, int at)
    {
        foreach (string[] phrase in _phrases)
        {
            int same = 0;
            while (same < phrase.Length && at + same < words.Count && text.AsSpan(words[at + same]).Equals(phrase[same], StringComparison.OrdinalIgnoreCase))
                same++;
            if (same == phrase.Length)
                return same;
        }
        return _words.Contains(text[words[at]]) ? 1 : 0;
    }

    /// <summary>Runs of letters and digits.</summary>
    private static List<Range> Words(string text)
    {
        var words = new List<Range>();
        int start = -1;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && char.IsLetterOrDigit(text[i]))
            {
                start = start < 0 ? i : start;
                continue;
            }
            if (start >= 0)
                words.Add(start..i);
            start = -1;
        }
        return words;
    }
}
