namespace PhoneAgent.Inference.Whisper;

/// <summary>Makes tokens where an engine gives only text, or tokens that are no whole characters. Pure.</summary>
internal static class TranscriptTokens
{
    /// <summary>One token a word, the time shared out by their lengths.</summary>
    public static IReadOnlyList<TranscriptToken> FromText(string text, TimeSpan start, TimeSpan end, double probability)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var characters = Math.Max(1, words.Sum(word => word.Length));
        var tokens = new List<TranscriptToken>(words.Length);
        var at = start;
        foreach (var word in words)
        {
            var next = at + (end - start) * ((double)word.Length / characters);
            tokens.Add(new TranscriptToken($" {word}", at, next, probability));
            at = next;
        }
        return tokens;
    }

    /// <summary>The tokens, where together they are the text; otherwise (a character in two tokens) the text's words.</summary>
    public static IReadOnlyList<TranscriptToken> Of(string text, IReadOnlyList<TranscriptToken> tokens, TimeSpan start, TimeSpan end)
    {
        if (string.Concat(tokens.Select(token => token.Text)).Trim() == text.Trim())
            return tokens;
        return FromText(text, start, end, tokens.Count == 0 ? 0 : tokens.Average(token => token.Probability));
    }
}
