using PhoneAgent.Conversation.Dialogue.Language;

namespace PhoneAgent.Inference.Whisper;

/// <summary>A word as the model wrote it, with its punctuation.</summary>
/// <param name="Start">From the utterance's first sample.</param>
/// <param name="Probability">Geometric mean of its tokens' probabilities.</param>
internal readonly record struct WrittenWord(string Text, TimeSpan Start, TimeSpan End, double Probability)
{
    /// <summary>What two hypotheses are compared by: case and punctuation change from one to the next.</summary>
    public string Key { get; } = string.Join(' ', Words.Split(Text));
}

/// <summary>Puts tokens together into words.</summary>
internal static class WrittenWords
{
    private const int MaxTokens = 4_000;

    /// <param name="offset">Where the stretch begins in the utterance.</param>
    public static List<WrittenWord> Of(IEnumerable<TranscriptSegment> segments, TimeSpan offset)
    {
        var words = new List<WrittenWord>();
        var pending = new List<TranscriptToken>();
        foreach (var segment in segments)
        {
            foreach (var token in segment.Tokens.Take(MaxTokens))
            {
                if (token.Text.StartsWith(' '))
                    Flush(pending, words, offset);
                pending.Add(token);
            }
            Flush(pending, words, offset);
        }
        return WithoutSounds(words);
    }

    private static void Flush(List<TranscriptToken> tokens, List<WrittenWord> words, TimeSpan offset)
    {
        var text = string.Concat(tokens.Select(token => token.Text)).Trim();
        if (text.Length > 0)
        {
            var probability = Math.Exp(tokens.Average(token => Math.Log(Math.Clamp(token.Probability, 1e-6, 1))));
            words.Add(new WrittenWord(text, offset + tokens[0].Start, offset + tokens[^1].End, probability));
        }
        tokens.Clear();
    }

    /// <summary>"[BLANK_AUDIO]", "(soft music)", "*coughs*", "♪": what the model says of sounds that are no words.</summary>
    private static List<WrittenWord> WithoutSounds(List<WrittenWord> words)
    {
        var kept = new List<WrittenWord>(words.Count);
        for (var i = 0; i < words.Count; i++)
        {
            var end = EndOfSound(words, i);
            if (end >= 0)
                i = end;
            else if (words[i].Key.Length > 0)
                kept.Add(words[i]);
            else if (kept.Count > 0 && words[i].Text is "&" or "%" or "+")
                kept.Add(words[i]);
        }
        return kept;
    }

    /// <summary>The word that closes the description that opens at a word; -1 when none opens there, or it never closes.</summary>
    private static int EndOfSound(List<WrittenWord> words, int from)
    {
        char? closing = words[from].Text[0] switch { '[' => ']', '(' => ')', '*' => '*', '♪' => '♪', _ => null };
        if (closing is not { } close)
            return -1;
        for (var i = from; i < words.Count; i++)
        {
            if (words[i].Text.Any(char.IsAsciiDigit))
                return -1; // "(555) 123-4567"
            if (words[i].Text.TrimEnd('.', ',').EndsWith(close) && (i > from || words[i].Text.Length > 1))
                return i;
        }
        return close == '♪' ? from : -1;
    }
}
