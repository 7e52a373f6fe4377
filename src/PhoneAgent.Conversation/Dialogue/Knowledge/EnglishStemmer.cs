namespace PhoneAgent.Conversation.Dialogue.Knowledge;

/// <summary>
/// Brings the forms of an English word together: "repairs", "repaired" and "repairing" are "repair". The first step of Porter's
/// algorithm (Porter 1980, "An algorithm for suffix stripping") and its final e and y, which is what plain questions need; the later
/// steps join words that mean different things (universal, university).
/// </summary>
internal static class EnglishStemmer
{
    public static string Stem(string word)
    {
        if (word.Length < 4 || !word.All(char.IsAsciiLetterLower))
            return word;
        word = WithoutPlural(word);
        string stripped = WithoutPast(word);
        if (stripped.Length > 3 && stripped.EndsWith('e'))
            stripped = stripped[..^1];
        return stripped.Length > 2 && stripped[^1] == 'y' && !IsVowel(stripped, stripped.Length - 2) ? stripped[..^1] + "i" : stripped;
    }

    private static string WithoutPlural(string word)
    {
        if (word.EndsWith("sses", StringComparison.Ordinal) || (word.EndsWith("ies", StringComparison.Ordinal) && word.Length > 4))
            return word[..^2];
        return word.EndsWith('s') && word[^2] is not ('s' or 'u' or 'i') ? word[..^1] : word;
    }

    private static string WithoutPast(string word)
    {
        if (word.EndsWith("eed", StringComparison.Ordinal))
            return word;
        string? stem = word.EndsWith("ing", StringComparison.Ordinal) ? word[..^3] : word.EndsWith("ed", StringComparison.Ordinal) ? word[..^2] : null;
        if (stem is null || stem.Length < 2 || !Enumerable.Range(0, stem.Length).Any(i => IsVowel(stem, i)))
            return word;
        // hopping → hop, but falling → fall.
        bool doubled = stem[^1] == stem[^2] && stem[^1] is not ('l' or 's' or 'z') && !IsVowel(stem, stem.Length - 1);
        return doubled ? stem[..^1] : stem;
    }

    private static bool IsVowel(string word, int at) =>
        word[at] is 'a' or 'e' or 'i' or 'o' or 'u' || (word[at] == 'y' && at > 0 && !IsVowel(word, at - 1));
}
