namespace PhoneAgent.Inference.PocketSphinx.Grammar;

/// <summary>What people say before a number, a day or a time, also to put one right: "it's …", "no, I said …".</summary>
internal static class ValueLeadIns
{
    private static readonly string[] Phrases =
    [
        "it's", "it is", "that's", "no", "no it's", "no it is", "no that's", "i said", "i meant", "i mean", "no i said", "no no i said", "no i meant",
        "no i mean", "actually", "sorry",
    ];

    /// <summary>All of them, or none, between <paramref name="from"/> and the returned state.</summary>
    public static int Add(WordGraph graph, int from)
    {
        var end = graph.NewState();
        graph.AddEmpty(from, end);
        foreach (var words in Phrases)
            graph.AddEmpty(graph.AddWords(from, words, WordGraph.Rare), end);
        return end;
    }
}
