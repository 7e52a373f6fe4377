using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Inference.AzureSpeech;

/// <summary>
/// Finds the words that the service names in the text that was to be spoken, one after the other. The service's own offsets count
/// in the SSML, whose escapes are longer than what they stand for. Not thread-safe.
/// </summary>
internal sealed class WordFinder(string text)
{
    /// <summary>A word farther ahead is another word of the same letters.</summary>
    private const int Farthest = 80;

    private int from;
    private long last = -1;

    /// <summary>Null for what is not in the text (a number read out in words), or comes out of order.</summary>
    public WordMark? Find(string word, long sample)
    {
        if (word.Length == 0 || sample < last)
            return null;
        var at = text.IndexOf(word, from, Math.Min(text.Length - from, Farthest + word.Length), StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return null;
        (from, last) = (at + word.Length, sample);
        return new WordMark(at, sample);
    }
}
