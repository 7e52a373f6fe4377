using System.Text;

namespace PhoneAgent.Conversation.Dialogue.Language;

/// <summary>Cuts what a recogniser wrote into plain words: lower case, no punctuation, "forty-two" as two words, "10:30" as two numbers.</summary>
public static class Words
{
    /// <summary>More words than anyone says in a turn; the rest is cut, so that matching stays cheap whatever an engine returns.</summary>
    public const int MaxWords = 400;

    /// <summary>Words that carry nothing: they may stand anywhere in a sentence that is matched with a pattern.</summary>
    public static readonly IReadOnlySet<string> Fillers = new HashSet<string>(StringComparer.Ordinal)
    {
        "um", "uh", "er", "erm", "ah", "oh", "hm", "hmm", "mm", "well", "so", "like", "just", "please", "okay", "ok",
        "hi", "hello", "hey", "thanks", "now", "then", "actually", "sorry", "yeah", "kindly",
    };

    public static IReadOnlyList<string> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (char raw in text)
        {
            char c = raw is '’' ? '\'' : char.ToLowerInvariant(raw);
            if (char.IsLetterOrDigit(c) || (c == '\'' && word.Length > 0))
            {
                word.Append(c);
                continue;
            }
            Flush();
            if (words.Count >= MaxWords)
                return words;
        }
        Flush();
        return words;

        void Flush()
        {
            while (word.Length > 0 && word[^1] == '\'')
                word.Length--;
            if (word.Length > 0)
                words.Add(word.ToString());
            word.Clear();
        }
    }

    public static IReadOnlyList<string> WithoutFillers(IReadOnlyList<string> words) =>
        [.. words.Where(word => !Fillers.Contains(word))];

    /// <summary>A list for the ear: "a, b or c".</summary>
    public static string Join(IReadOnlyList<string> items, string last)
    {
        ArgumentNullException.ThrowIfNull(items);
        return items.Count switch
        {
            0 => "",
            1 => items[0],
            _ => $"{string.Join(", ", items.Take(items.Count - 1))} {last} {items[^1]}",
        };
    }
}
