namespace PhoneAgent.Inference.PocketSphinx.Grammar;

/// <summary>Words between states, with empty arcs: what phrases are laid out in before <see cref="Grammar"/> makes it deterministic.</summary>
internal sealed class WordGraph
{
    private readonly List<List<(string? Word, int To)>> arcs = [];
    private readonly Dictionary<int, int> accepts = [];

    public int StateCount => arcs.Count;

    public int NewState()
    {
        arcs.Add([]);
        return arcs.Count - 1;
    }

    public int AddWord(int from, string word)
    {
        var to = NewState();
        arcs[from].Add((word, to));
        return to;
    }

    public void AddWord(int from, string word, int to) => arcs[from].Add((word, to));

    public void AddEmpty(int from, int to) => arcs[from].Add((null, to));

    /// <summary>Reaching <paramref name="state"/> is the complete answer number <paramref name="answer"/>.</summary>
    public void Accept(int state, int answer) => accepts[state] = answer;

    public bool TryGetAnswer(int state, out int answer) => accepts.TryGetValue(state, out answer);

    public IReadOnlyList<(string? Word, int To)> ArcsOf(int state) => arcs[state];

    /// <summary>Plain words, e.g. "of course", from <paramref name="from"/>; returns the state after them.</summary>
    public int AddWords(int from, string words)
    {
        foreach (var word in words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            from = AddWord(from, word);
        return from;
    }
}
