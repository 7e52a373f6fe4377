namespace PhoneAgent.Conversation.Dialogue.Language;

/// <summary>
/// How near a free sentence is to the example phrases of some meanings: cosine of TF-IDF vectors over stemmed content words, the best
/// example counts. For recognisers with an open vocabulary, whose words no grammar has tamed. Immutable.
/// </summary>
public sealed class PhraseSimilarity
{
    private const int ExamplesPerPhrase = 100;

    private static readonly HashSet<string> StopWords = new(StringComparer.Ordinal)
    {
        "a", "an", "the", "you", "your", "i", "me", "my", "we", "to", "of", "for", "is", "are", "am", "be", "do", "does", "can",
        "could", "would", "will", "tell", "know", "want", "need", "it", "it's", "its", "that", "this", "there", "with", "on",
        "in", "at", "have", "has", "and", "i'd", "i'm", "let", "may", "if", "some", "any", "about", "get", "give", "there's",
    };

    private readonly Dictionary<string, double> _idf = new(StringComparer.Ordinal);
    private readonly double _unseen;
    private readonly List<(string Tag, Dictionary<string, double> Vector)> _examples = [];

    /// <param name="meanings">Tag → phrases.</param>
    public PhraseSimilarity(IEnumerable<KeyValuePair<string, IReadOnlyList<PhrasePattern>>> meanings)
    {
        ArgumentNullException.ThrowIfNull(meanings);
        List<(string Tag, List<List<string>> Examples)> all = [.. meanings.Select(meaning => (meaning.Key, meaning.Value
            .SelectMany(phrase => phrase.Sentences(ExamplesPerPhrase)).Select(sentence => Terms(Words.Split(sentence)))
            .Where(terms => terms.Count > 0).ToList()))];
        foreach (string term in all.SelectMany(meaning => meaning.Examples.SelectMany(example => example).Distinct()))
            _idf[term] = _idf.GetValueOrDefault(term) + 1;
        foreach (string term in _idf.Keys.ToList())
            _idf[term] = Math.Log((all.Count + 1) / (_idf[term] + 1)) + 1;
        _unseen = Math.Log(all.Count + 1) + 1;
        foreach ((string tag, List<List<string>> examples) in all)
            _examples.AddRange(examples.Select(example => (tag, Vector(example))));
    }

    /// <summary>The nearest of the allowed meanings and how near, 0–1; null when none shares a content word.</summary>
    public (string Tag, double Score)? Nearest(IReadOnlyList<string> words, IReadOnlySet<string> allowed)
    {
        Dictionary<string, double> query = Vector(Terms(words));
        (string Tag, double Score)? best = null;
        foreach ((string tag, Dictionary<string, double> example) in _examples)
        {
            if (!allowed.Contains(tag))
                continue;
            double score = Cosine(query, example);
            if (score > (best?.Score ?? 0))
                best = (tag, score);
        }
        return best;
    }

    private static List<string> Terms(IReadOnlyList<string> words) =>
        [.. words.Where(word => !StopWords.Contains(word) && !Words.Fillers.Contains(word)).Select(Stem)];

    /// <summary>All words for a day are one term; endings that change no meaning are cut.</summary>
    private static string Stem(string word)
    {
        if (word is "today" or "tomorrow" || SpokenDates.Weekdays.Contains(word))
            return "@day";
        foreach (string ending in (ReadOnlySpan<string>)["ing", "ed", "es", "s"])
        {
            if (word.Length > ending.Length + 2 && word.EndsWith(ending, StringComparison.Ordinal))
                return word[..^ending.Length];
        }
        return word;
    }

    private Dictionary<string, double> Vector(List<string> terms)
    {
        var vector = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (string term in terms)
            vector[term] = vector.GetValueOrDefault(term) + _idf.GetValueOrDefault(term, _unseen);
        return vector;
    }

    private static double Cosine(Dictionary<string, double> a, Dictionary<string, double> b)
    {
        double dot = a.Sum(pair => pair.Value * b.GetValueOrDefault(pair.Key));
        double norm = Math.Sqrt(a.Values.Sum(value => value * value)) * Math.Sqrt(b.Values.Sum(value => value * value));
        return norm > 0 ? dot / norm : 0;
    }
}
