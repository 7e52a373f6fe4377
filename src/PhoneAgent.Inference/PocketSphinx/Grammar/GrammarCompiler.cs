using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Inference.PocketSphinx.Grammar;

/// <summary>Makes an <see cref="AnswerGrammar"/> of an <see cref="Expectation"/>, with the hesitations and courtesies people put around an answer.</summary>
internal static class GrammarCompiler
{
    /// <summary>Bounds what a script can make the decoder search.</summary>
    private const int MaxStates = 20_000;

    /// <summary>Hesitations: allowed before an answer, left out of the text.</summary>
    public static readonly IReadOnlySet<string> Hesitations = new HashSet<string>(StringComparer.Ordinal) { "uh", "um" };

    private static readonly string[] LeadIns = ["well", "okay", "so"];
    private static readonly string[] Courtesies = ["please", "thanks", "thank you"];

    /// <summary>What is wrong goes into <paramref name="problems"/>; the rest is compiled.</summary>
    public static AnswerGrammar Compile(Expectation expectation, ICollection<string> problems)
    {
        var graph = new WordGraph();
        var start = graph.NewState();
        var afterLeadIn = graph.NewState();
        graph.AddEmpty(start, afterLeadIn);
        foreach (var word in Hesitations.Concat(LeadIns))
            graph.AddWord(start, word, afterLeadIn, WordGraph.Rare);

        for (var i = 0; i < expectation.Answers.Count; i++)
        {
            var end = graph.NewState();
            Add(graph, afterLeadIn, end, expectation.Answers[i], problems);
            graph.Accept(end, i);
            foreach (var words in Courtesies)
            {
                var polite = graph.AddWords(end, words, WordGraph.Rare);
                graph.Accept(polite, i);
            }
            if (graph.StateCount > MaxStates)
            {
                problems.Add($"The expected answers are too many ({graph.StateCount} places for a word by '{expectation.Answers[i].Tag}'): shorten the phrases of this step.");
                break;
            }
        }
        return AnswerGrammar.Build(graph, [.. expectation.Answers.Select(a => a.Tag)]);
    }

    private static void Add(WordGraph graph, int from, int end, ExpectedAnswer answer, ICollection<string> problems)
    {
        switch (answer)
        {
            case PhraseAnswer phrases:
                AddPhrases(graph, from, end, phrases.Phrases, problems);
                break;
            case DigitsAnswer digits:
                DigitsGrammar.Add(graph, from, end, digits, problems);
                break;
            case YesNoAnswer:
                AddPhrases(graph, from, end, YesNoGrammar.Phrases, problems);
                break;
            case DateAnswer:
                AddPhrases(graph, ValueLeadIns.Add(graph, from), end, DateTimeGrammar.Dates, problems);
                break;
            case TimeAnswer:
                AddPhrases(graph, ValueLeadIns.Add(graph, from), end, DateTimeGrammar.Times, problems);
                break;
            default:
                problems.Add($"The answer '{answer.Tag}' is of a kind this recogniser does not know ({answer.GetType().Name}).");
                break;
        }
    }

    private static void AddPhrases(WordGraph graph, int from, int end, IEnumerable<string> phrases, ICollection<string> problems)
    {
        foreach (var phrase in phrases)
        {
            var last = PhraseSyntax.Add(graph, from, phrase, out var problem);
            if (problem is null)
                graph.AddEmpty(last, end);
            else
                problems.Add(problem);
        }
    }
}
