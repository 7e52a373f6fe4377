namespace PhoneAgent.Inference.PocketSphinx.Grammar;

/// <summary>Words between states, with empty arcs: what phrases are laid out in before <see cref="Grammar"/> makes it deterministic.</summary>
internal sealed class WordGraph
{
    /// <summary>Below 1 so that a little breath does not become a word.</summary>
    public const double Usual = 0.7;

    /// <summary>Of a word that people may well leave out ("uh", "please"): it has to be clear.</summary>
    public const double Rare = 0.1;

    private readonly List<List<Arc>> arcs = [];
    private readonly Dictionary<int, int> accepts = [];
    private readonly HashSet<int> open = [];

    public int StateCount => arcs.Count;

    public int NewState()
    {
        arcs.Add([]);
        return arcs.Count - 1;
    }

    public int AddWord(int from, string word, double probability = Usual)
    {
        var to = NewState();
        AddWord(from, word, to, probability);
        return to;
    }

    public void AddWord(int from, string word, int to, double probability = Usual) => arcs[from].Add(new(word, to, probability));

    public void AddEmpty(int from, int to) => arcs[from].Add(new(null, to, 1));

    /// <summary>Reaching <paramref name="state"/> is the complete answer number <paramref name="answer"/>.</summary>
    public void Accept(int state, int answer) => accepts[state] = answer;

    public bool TryGetAnswer(int state, out int answer) => accepts.TryGetValue(state, out answer);

    /// <summary>An answer in <paramref name="state"/> is likely to go on, as a number of which some digits were said.</summary>
    public void LikelyToGoOn(int state) => open.Add(state);

    public bool IsLikelyToGoOn(int state) => open.Contains(state);

    public IReadOnlyList<Arc> ArcsOf(int state) => arcs[state];

    /// <summary>Plain words, e.g. "of course", from <paramref name="from"/>; returns the state after them.</summary>
    /// <param name="probability">Of the first word.</param>
    public int AddWords(int from, string words, double probability = Usual)
    {
        foreach (var word in words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            (from, probability) = (AddWord(from, word, probability), Usual);
        return from;
    }

    /// <param name="Word">Null: a step without a word.</param>
    internal readonly record struct Arc(string? Word, int To, double Probability);
}
