using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Inference.PocketSphinx.Grammar;

/// <summary>
/// Digits one by one, with "oh", "double five" and "triple five". Numbers in groups ("forty two") are not offered:
/// "fifteen" and "fifty" sound the same on a telephone line, and the agent asks for digits.
/// </summary>
internal static class DigitsGrammar
{
    private const int MaxDigits = 32;

    private static readonly string[] LeadIns = ["the number is", "my number is"];
    private static readonly string[] Words = ["zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

    public static void Add(WordGraph graph, int from, int end, DigitsAnswer answer, ICollection<string> problems)
    {
        if (answer.MinDigits < 1 || answer.MaxDigits < answer.MinDigits || answer.MaxDigits > MaxDigits)
        {
            problems.Add($"The answer '{answer.Tag}' expects {answer.MinDigits} to {answer.MaxDigits} digits: give a range within 1 to {MaxDigits}.");
            return;
        }
        var states = new int[answer.MaxDigits + 1];
        for (var i = 0; i < states.Length; i++)
            states[i] = graph.NewState();
        graph.AddEmpty(ValueLeadIns.Add(graph, from), states[0]);
        foreach (var words in LeadIns)
            graph.AddEmpty(graph.AddWords(from, words, WordGraph.Rare), states[0]);
        for (var i = 0; i < answer.MaxDigits; i++)
        {
            AddDigit(graph, states[i], states[i + 1]);
            if (i + 2 <= answer.MaxDigits)
                AddDigit(graph, graph.AddWord(states[i], "double"), states[i + 2]);
            if (i + 3 <= answer.MaxDigits)
                AddDigit(graph, graph.AddWord(states[i], "triple"), states[i + 3]);
        }
        for (var i = answer.MinDigits; i <= answer.MaxDigits; i++)
        {
            graph.AddEmpty(states[i], end);
            if (i < answer.MaxDigits)
                graph.LikelyToGoOn(states[i]);
        }
    }

    private static void AddDigit(WordGraph graph, int from, int to)
    {
        foreach (var word in Words)
            graph.AddWord(from, word, to);
    }
}
