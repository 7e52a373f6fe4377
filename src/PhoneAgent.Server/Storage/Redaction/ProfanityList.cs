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

    /// <param name="more">Words as they are said, without forms.</param>
    public ProfanityList(IEnumerable<string> more) =>
        _words = new HashSet<string>(Stems.SelectMany(stem => Endings.Select(ending => stem + ending)).Concat(more), StringComparer.OrdinalIgnoreCase);

    /// <summary>Puts <paramref name="instead"/> in the place of every listed word, however it is capitalised.</summary>
    public string Replace(string text, string instead)
    {
        StringBuilder? replaced = null;
        int kept = 0;
        int start = -1;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && char.IsLetterOrDigit(text[i]))
            {
                start = start < 0 ? i : start;
                continue;
            }
            if (start >= 0 && _words.Contains(text[start..i]))
            {
                (replaced ??= new StringBuilder(text.Length)).Append(text, kept, start - kept).Append(instead);
                kept = i;
            }
            start = -1;
        }
        return replaced is null ? text : replaced.Append(text, kept, text.Length - kept).ToString();
    }
}
