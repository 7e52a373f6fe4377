using PhoneAgent.Conversation.Dialogue.Knowledge;
using PhoneAgent.Conversation.Dialogue.Language;

namespace PhoneAgent.Conversation.Escalation;

/// <summary>
/// Remembers what a caller asked for and finds it again: likeness of two requests is the share of the shorter one's content
/// words that the other has too (overlap coefficient: people pad what they say again). "Where" and its like count among
/// them, so that "where is my order" is a request. Answers to the agent's questions ("yes", digits) are none. Not thread-safe.
/// </summary>
internal sealed class RequestMemory
{
    private const int Remembered = 12;
    private const int MinContentWords = 2;

    private readonly Queue<HashSet<string>> _requests = new();

    /// <summary>How like an earlier request this one is, 0–1; then it is remembered too.</summary>
    public double Compare(string text)
    {
        var words = Terms.All(text).Where(term => term.IsContent || term.Asks).Select(term => term.Stem)
            .Where(word => !SpokenDigits.TryParse([word], out _)).ToHashSet(StringComparer.Ordinal);
        if (words.Count < MinContentWords)
            return 0;
        double likeness = _requests.Count == 0 ? 0 : _requests.Max(earlier => Overlap(earlier, words));
        if (_requests.Count == Remembered)
            _requests.Dequeue();
        _requests.Enqueue(words);
        return likeness;
    }

    private static double Overlap(HashSet<string> a, HashSet<string> b) =>
        a.Count(b.Contains) is >= MinContentWords and var common ? (double)common / Math.Min(a.Count, b.Count) : 0;
}
