namespace PhoneAgent.Conversation.Dialogue.Knowledge;

/// <summary>Cuts written text into sentences. A wrong cut costs nothing: sentences are put together again into passages.</summary>
internal static class SentenceSplitter
{
    /// <param name="maxWords">A longer sentence (text without full stops) is cut there.</param>
    public static IEnumerable<string> Split(string text, int maxWords)
    {
        int start = 0;
        int words = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsWhiteSpace(text[i]))
                continue;
            words++;
            bool ends = i > 0 && text[i - 1] is '.' or '!' or '?' or '。' && i + 1 < text.Length && !char.IsLower(text[i + 1]);
            if (!ends && words < maxWords)
                continue;
            if (text[start..i].Trim() is { Length: > 0 } sentence)
                yield return sentence;
            (start, words) = (i + 1, 0);
        }
        if (text[start..].Trim() is { Length: > 0 } rest)
            yield return rest;
    }
}
