namespace PhoneAgent.Conversation.Dialogue.Knowledge;

/// <summary>
/// Ranks passages by Okapi BM25 (Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond", eq. 3.15). A
/// term in the heading counts as several in the text (their BM25F, §3.6, with equal length normalisation), and terms that stand
/// together in the question and in the passage raise its score. Immutable; thread-safe.
/// </summary>
internal sealed class Bm25Index
{
    private const double K1 = 1.2;
    private const double B = 0.75;
    private const int HeadingWeight = 2;
    private const double PhraseBoost = 0.15;
    private const double FunctionWordWeight = 0.4;
    // Whoever is behind these is not lifted among the first by a phrase; a large folder is searched within the turn all the same.
    private const int LookedAtForPhrases = 100;
    // A question on the telephone is short; a longer text has these in it too.
    private const int MaxQueryTerms = 64;

    private readonly Dictionary<string, int> _terms = new(StringComparer.Ordinal);
    private readonly List<List<Posting>> _postings = [];
    private readonly IReadOnlyList<KnowledgePassage> _passages;
    private readonly int[] _lengths;
    private readonly int[][] _sequences;
    private readonly double _averageLength;

    /// <param name="Count">How often the term stands there, the heading's weight included.</param>
    private readonly record struct Posting(int Passage, int Count);

    public Bm25Index(IReadOnlyList<KnowledgePassage> passages)
    {
        _passages = passages;
        (_lengths, _sequences) = (new int[passages.Count], new int[passages.Count][]);
        for (int i = 0; i < passages.Count; i++)
            Add(i, passages[i]);
        _averageLength = passages.Count == 0 ? 1 : Math.Max(1, _lengths.Average());
    }

    private void Add(int passage, KnowledgePassage text)
    {
        var counts = new Dictionary<int, int>();
        var content = new List<int>();
        foreach ((Term term, int weight) in Terms.All(text.Heading).Select(t => (t, HeadingWeight)).Concat(Terms.All(text.Text).Select(t => (t, 1))))
        {
            int id = IdOf(term.Stem);
            counts[id] = counts.GetValueOrDefault(id) + weight;
            _lengths[passage]++;
            if (term.IsContent)
                content.Add(id);
        }
        foreach ((int term, int count) in counts)
            _postings[term].Add(new Posting(passage, count));
        _sequences[passage] = [.. content];
    }

    private int IdOf(string term)
    {
        if (_terms.TryGetValue(term, out int id))
            return id;
        _postings.Add([]);
        return _terms[term] = _postings.Count - 1;
    }

    /// <summary>The best passages, best first.</summary>
    /// <param name="minCoverage">Passages with less of the question's weight are left out: words that the collection has never seen count most.</param>
    public IReadOnlyList<KnowledgeHit> Search(string question, int count, double minCoverage)
    {
        List<Term> words = [.. Terms.All(question).Take(MaxQueryTerms)];
        if (!words.Exists(word => word.IsContent) && words.Exists(word => word.Asks))
            words = [.. words.Select(word => word with { IsContent = true })];
        int[] asked = [.. words.Where(word => word.IsContent).Select(word => _terms.GetValueOrDefault(word.Stem, -1))];
        var found = new Dictionary<int, (double Score, double Weight)>();
        double whole = 0;
        foreach (Term word in words.Distinct())
        {
            int term = _terms.GetValueOrDefault(word.Stem, -1);
            double idf = Idf(term < 0 ? 0 : _postings[term].Count);
            double weight = word.IsContent ? idf : 0;
            whole += weight;
            foreach (Posting posting in term < 0 ? [] : _postings[term])
            {
                (double score, double covered) = found.GetValueOrDefault(posting.Passage);
                found[posting.Passage] = (score + (word.IsContent ? idf : idf * FunctionWordWeight) * Saturation(posting), covered + weight);
            }
        }
        return [.. found
            .Where(f => f.Value.Weight > 0 && f.Value.Weight >= minCoverage * whole)
            .OrderByDescending(f => f.Value.Score)
            .Take(Math.Max(count, LookedAtForPhrases))
            .Select(f => new KnowledgeHit(_passages[f.Key], f.Value.Score * (1 + PhraseBoost * PairsTogether(asked, _sequences[f.Key])), f.Value.Weight / whole))
            .OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Passage.File, StringComparer.Ordinal).ThenBy(hit => hit.Passage.Line)
            .Take(count)];
    }

    // With the 1 inside the logarithm, a term in more than half of the passages does not count against them.
    private double Idf(int passagesWithTerm) =>
        Math.Log(1 + (_passages.Count - passagesWithTerm + 0.5) / (passagesWithTerm + 0.5));

    private double Saturation(Posting posting) =>
        posting.Count * (K1 + 1) / (posting.Count + K1 * (1 - B + B * _lengths[posting.Passage] / _averageLength));

    private static int PairsTogether(int[] asked, int[] passage)
    {
        int pairs = 0;
        for (int i = 1; i < asked.Length; i++)
            if (asked[i] >= 0 && asked[i - 1] >= 0 && passage.AsSpan().IndexOf([asked[i - 1], asked[i]]) >= 0)
                pairs++;
        return pairs;
    }
}
