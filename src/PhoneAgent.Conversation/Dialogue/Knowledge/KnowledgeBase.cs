using PhoneAgent.Conversation.Dialogue.LanguageModel;

namespace PhoneAgent.Conversation.Dialogue.Knowledge;

/// <summary>
/// What an agent knows: a folder, read once and searched in memory. One object serves all calls; thread-safe. A search takes no lock and
/// goes on with what it began with while the folder is read again.
/// </summary>
public sealed class KnowledgeBase : IKnowledge
{
    /// <summary>
    /// A passage must have this much of what is asked. Found on the evaluation set (KnowledgeEvaluationTests): questions about other things
    /// stay below, questions in other words stay above.
    /// </summary>
    public const double DefaultMinCoverage = 0.34;

    private readonly KnowledgeLimits _limits;
    private volatile Bm25Index _index;
    private volatile IReadOnlyList<KnowledgePassage> _passages;
    private int _fingerprint;

    private KnowledgeBase(string folder, KnowledgeLimits limits, IReadOnlyList<KnowledgePassage> passages, int fingerprint) =>
        (Folder, _limits, _passages, _index, _fingerprint) = (folder, limits, passages, new Bm25Index(passages), fingerprint);

    public string Folder { get; }

    public IReadOnlyList<KnowledgePassage> Passages => _passages;

    /// <summary>Reads a folder; null when anything is wrong with it, all of which is in <paramref name="problems"/>.</summary>
    public static KnowledgeBase? Load(string folder, ICollection<ConfigProblem> problems, KnowledgeLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(problems);
        limits ??= new KnowledgeLimits();
        int before = problems.Count;
        int fingerprint = KnowledgeFolder.Fingerprint(folder, limits);
        IReadOnlyList<KnowledgePassage> passages = KnowledgeFolder.Read(folder, limits, problems);
        return problems.Count == before ? new KnowledgeBase(folder, limits, passages, fingerprint) : null;
    }

    /// <summary>The passages that say most about a question, best first; none when nothing is known.</summary>
    /// <param name="question">As it was said.</param>
    /// <param name="count">At most so many.</param>
    public IReadOnlyList<KnowledgeHit> Search(string question, int count = 3, double minCoverage = DefaultMinCoverage)
    {
        ArgumentNullException.ThrowIfNull(question);
        return _index.Search(question, count, minCoverage);
    }

    IReadOnlyList<Passage> IKnowledge.Search(string query, int max) =>
        [.. Search(query, max).Select(hit => new Passage($"{hit.Passage.Heading}: {hit.Passage.Text}", hit.Passage.Source))];

    /// <summary>Reads the folder again when a file in it has changed. What cannot be read leaves everything as it was.</summary>
    /// <returns>True when there is something new. Not to be called twice at the same time.</returns>
    public bool Refresh(ICollection<ConfigProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        int fingerprint = KnowledgeFolder.Fingerprint(Folder, _limits);
        if (fingerprint == _fingerprint)
            return false;
        int before = problems.Count;
        IReadOnlyList<KnowledgePassage> passages = KnowledgeFolder.Read(Folder, _limits, problems);
        // Also when it failed: the same fault is not said again at every look.
        _fingerprint = fingerprint;
        if (problems.Count > before)
            return false;
        (_passages, _index) = (passages, new Bm25Index(passages));
        return true;
    }
}
