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

    /// <summary>Below 1 so that a little breath does not become a word.</summary>
    private const double WordProbability = 0.7;

    /// <summary>"uh" sounds like "oh" and "a": it has to be clear.</summary>
    private const double LeadInProbability = 0.1;

    private readonly Dictionary<string, int>[] transitions;
    private readonly int[] answers;

    private AnswerGrammar(Dictionary<string, int>[] transitions, int[] answers, IReadOnlyList<string> tags)
    {
        this.transitions = transitions;
        this.answers = answers;
        Tags = tags;
        Words = transitions.SelectMany(t => t.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
    }

    /// <summary>Tags of the answers, in the order of the expectation.</summary>
    public IReadOnlyList<string> Tags { get; }

    public IReadOnlyList<string> Words { get; }

    public int StateCount => transitions.Length;

    /// <summary>Subset construction over <paramref name="graph"/>, whose state 0 is the start.</summary>
    public static AnswerGrammar Build(WordGraph graph, IReadOnlyList<string> tags)
    {
        var transitions = new List<Dictionary<string, int>>();
        var answers = new List<int>();
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
            transitions.Add(new Dictionary<string, int>(StringComparer.Ordinal));
            // The first answer of the expectation wins where two accept the same words.
            answers.Add(set.Min(s => graph.TryGetAnswer(s, out var answer) ? answer : int.MaxValue) is var best && best != int.MaxValue ? best : NoAnswer);
            return state;
        }

        StateOf([0]);
        for (var i = 0; i < sets.Count; i++)
        {
            var byWord = sets[i].SelectMany(graph.ArcsOf).Where(a => a.Word is not null).GroupBy(a => a.Word!, a => a.To, StringComparer.Ordinal);
            foreach (var group in byWord)
                transitions[i][group.Key] = StateOf(group);
        }
        return new AnswerGrammar([.. transitions], [.. answers], tags);
    }

    /// <summary>Follows the words from the start.</summary>
    public GrammarMatch Match(IEnumerable<string> words)
    {
        var state = 0;
        foreach (var word in words)
            if (!transitions[state].TryGetValue(word, out state))
                return default;
        var answer = answers[state];
        return new GrammarMatch(true, answer == NoAnswer ? null : Tags[answer], transitions[state].Count > 0);
    }

    /// <summary>The automaton in the finite-state grammar format that sphinxbase reads.</summary>
    public string ToFsg(string name)
    {
        var final = transitions.Length;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"FSG_BEGIN {name}\nNUM_STATES {final + 1}\nSTART_STATE 0\nFINAL_STATE {final}\n");
        for (var from = 0; from < transitions.Length; from++)
        {
            foreach (var (word, to) in transitions[from].OrderBy(t => t.Key, StringComparer.Ordinal))
            {
                var rare = from == 0 && GrammarCompiler.IsLeadIn(word);
                text.Append(CultureInfo.InvariantCulture, $"TRANSITION {from} {to} {(rare ? LeadInProbability : WordProbability)} {word}\n");
            }
            if (answers[from] != NoAnswer)
                text.Append(CultureInfo.InvariantCulture, $"TRANSITION {from} {final} 1.0\n");
        }
        return text.Append("FSG_END\n").ToString();
    }

    private static int[] Closure(WordGraph graph, IEnumerable<int> seed)
    {
        var set = new SortedSet<int>(seed);
        var open = new Stack<int>(set);
        while (open.TryPop(out var state))
            foreach (var (word, to) in graph.ArcsOf(state))
                if (word is null && set.Add(to))
                    open.Push(to);
        return [.. set];
    }
}

/// <param name="Fits">The words are a beginning of something the grammar holds.</param>
/// <param name="Tag">The answer that they are, when they are complete.</param>
/// <param name="CanGoOn">More words could follow.</param>
internal readonly record struct GrammarMatch(bool Fits, string? Tag, bool CanGoOn)
{
    public bool IsComplete => Tag is not null;
}
