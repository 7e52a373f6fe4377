using System.Globalization;
using System.Text;

namespace PhoneAgent.Inference.PocketSphinx.Grammar;

/// <summary>
/// Everything that may be said at one step, as a deterministic automaton over words. It is both what the decoder
/// searches and what tells which answer a hypothesis is, and whether it is complete. Immutable.
/// </summary>
internal sealed class AnswerGrammar
{
    private const int NoAnswer = -1;

    private readonly State[] states;

    private AnswerGrammar(State[] states, IReadOnlyList<string> tags)
    {
        this.states = states;
        Tags = tags;
        Words = states.SelectMany(s => s.Next.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
    }

    /// <summary>Tags of the answers, in the order of the expectation.</summary>
    public IReadOnlyList<string> Tags { get; }

    public IReadOnlyList<string> Words { get; }

    public int StateCount => states.Length;

    /// <summary>Subset construction over <paramref name="graph"/>, whose state 0 is the start.</summary>
    public static AnswerGrammar Build(WordGraph graph, IReadOnlyList<string> tags)
    {
        var states = new List<State>();
        var sets = new List<int[]>();
        var known = new Dictionary<string, int>(StringComparer.Ordinal);

        int StateOf(IEnumerable<int> seed)
        {
            var set = Closure(graph, seed);
            var key = string.Join(',', set);
            if (known.TryGetValue(key, out var state))
                return state;
            known[key] = state = sets.Count;
            sets.Add(set);
            // The first answer of the expectation wins where two accept the same words.
            var answer = set.Min(s => graph.TryGetAnswer(s, out var a) ? a : int.MaxValue);
            states.Add(new State(answer == int.MaxValue ? NoAnswer : answer, set.Any(graph.IsLikelyToGoOn)));
            return state;
        }

        StateOf([0]);
        for (var i = 0; i < sets.Count; i++)
        {
            var byWord = sets[i].SelectMany(graph.ArcsOf).Where(a => a.Word is not null).GroupBy(a => a.Word!, StringComparer.Ordinal);
            // Of two readings that sound alike the shorter one wins: what goes on after a whole answer has to be clear.
            var most = states[i].Answer != NoAnswer && !states[i].IsLikelyToGoOn ? WordGraph.Rare : 1;
            foreach (var group in byWord)
                states[i].Next[group.Key] = (StateOf(group.Select(a => a.To)), Math.Min(most, group.Max(a => a.Probability)));
        }
        return new AnswerGrammar([.. states], tags);
    }

    /// <summary>Follows the words from the start.</summary>
    public GrammarMatch Match(IEnumerable<string> words)
    {
        var state = 0;
        foreach (var word in words)
        {
            if (!states[state].Next.TryGetValue(word, out var next))
                return default;
            state = next.To;
        }
        var reached = states[state];
        return new GrammarMatch(true, reached.Answer == NoAnswer ? null : Tags[reached.Answer], reached.Next.Count > 0, reached.IsLikelyToGoOn);
    }

    /// <summary>The automaton in the finite-state grammar format that sphinxbase reads.</summary>
    public string ToFsg(string name)
    {
        var final = states.Length;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"FSG_BEGIN {name}\nNUM_STATES {final + 1}\nSTART_STATE 0\nFINAL_STATE {final}\n");
        for (var from = 0; from < states.Length; from++)
        {
            foreach (var (word, (to, probability)) in states[from].Next.OrderBy(t => t.Key, StringComparer.Ordinal))
                text.Append(CultureInfo.InvariantCulture, $"TRANSITION {from} {to} {probability} {word}\n");
            if (states[from].Answer != NoAnswer)
                text.Append(CultureInfo.InvariantCulture, $"TRANSITION {from} {final} 1.0\n");
        }
        return text.Append("FSG_END\n").ToString();
    }

    private static int[] Closure(WordGraph graph, IEnumerable<int> seed)
    {
        var set = new SortedSet<int>(seed);
        var open = new Stack<int>(set);
        while (open.TryPop(out var state))
            foreach (var arc in graph.ArcsOf(state))
                if (arc.Word is null && set.Add(arc.To))
                    open.Push(arc.To);
        return [.. set];
    }

    private sealed record State(int Answer, bool IsLikelyToGoOn)
    {
        public Dictionary<string, (int To, double Probability)> Next { get; } = new(StringComparer.Ordinal);
    }
}

/// <param name="Fits">The words are a beginning of something the grammar holds.</param>
/// <param name="Tag">The answer that they are, when they are complete.</param>
/// <param name="CanGoOn">More words could follow.</param>
/// <param name="IsLikelyToGoOn">More digits could follow: what is complete already need not be all of it.</param>
internal readonly record struct GrammarMatch(bool Fits, string? Tag, bool CanGoOn, bool IsLikelyToGoOn)
{
    public bool IsComplete => Tag is not null;
}
