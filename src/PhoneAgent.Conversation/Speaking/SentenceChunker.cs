namespace PhoneAgent.Conversation.Speaking;

/// <summary>Cuts text into sentences for synthesis: at ". ! ? ;" and line ends, not inside abbreviations, numbers, addresses.</summary>
public static class SentenceChunker
{
    private static readonly HashSet<string> Abbreviations = new(StringComparer.OrdinalIgnoreCase)
    {
        "mr", "mrs", "ms", "dr", "prof", "st", "no", "nr", "vs", "etc", "e.g", "i.e", "a.m", "p.m", "approx", "inc", "ltd", "jr", "sr", "dept", "ext",
    };

    /// <summary>The sentences in order, trimmed, none empty.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        var sentences = new List<string>();
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (!EndsSentence(text, start, i))
                continue;
            Add(sentences, text.AsSpan(start, i + 1 - start));
            start = i + 1;
        }
        Add(sentences, text.AsSpan(start));
        return sentences;
    }

    private static bool EndsSentence(string text, int start, int i)
    {
        if (text[i] is '\n')
            return true;
        if (text[i] is not ('.' or '!' or '?' or ';'))
            return false;
        bool atEnd = i + 1 == text.Length;
        if (!atEnd && !char.IsWhiteSpace(text[i + 1]))
            return false; // 3.5, www.example.com, "?!"
        if (text[i] != '.' || atEnd)
            return true;
        int word = i;
        while (word > start && !char.IsWhiteSpace(text[word - 1]))
            word--;
        string last = text[word..i];
        // "Dr. Smith", "J. Smith": a capital follows there too, so only the word decides.
        return !Abbreviations.Contains(last) && !(last.Length == 1 && char.IsUpper(last[0]) && last != "I");
    }

    private static void Add(List<string> sentences, ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> trimmed = text.Trim();
        if (!trimmed.IsEmpty)
            sentences.Add(trimmed.ToString());
    }
}
