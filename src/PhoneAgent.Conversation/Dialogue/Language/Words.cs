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

    /// <summary>The words without hesitations before and courtesies around them: "um, tomorrow, thank you" is "tomorrow".</summary>
    public static IReadOnlyList<string> WithoutCourtesies(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        int start = 0;
        while (start < words.Count - 1 && words[start] is not "oh" && Fillers.Contains(words[start]))
            start++;
        int end = words.Count;
        while (end > start + 1)
        {
            if (end > start + 2 && words[end - 2] == "thank" && words[end - 1] == "you")
                end -= 2;
            else if (words[end - 1] is "please" or "thanks" or "sir" or "ma'am")
                end--;
            else
                break;
        }
        return start == 0 && end == words.Count ? words : [.. words.Skip(start).Take(end - start)];
    }

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
