namespace PhoneAgent.Conversation.Dialogue.Knowledge;

/// <summary>Some sentences of an agent's knowledge that stand together, with where they are from.</summary>
/// <param name="File">Path below the folder, with <c>/</c>.</param>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="Heading">The headings above it, outermost first: "Delivery › Abroad"; the file's title when it has none.</param>
/// <param name="Text">Plain text without markup.</param>
public sealed record KnowledgePassage(string File, int Line, string Heading, string Text)
{
    /// <summary>For people and models: <c>delivery.md:12, Delivery › Abroad</c>.</summary>
    public string Source => $"{File}:{Line}, {Heading}";
}

/// <param name="Score">Of BM25 with its boosts; larger is better, comparable within one search only.</param>
/// <param name="Coverage">How much of what the question asks occurs in the passage, by weight of its words; 0 to 1.</param>
public sealed record KnowledgeHit(KnowledgePassage Passage, double Score, double Coverage);

/// <summary>More than this is no folder of an agent: it belongs into a search service.</summary>
public sealed record KnowledgeLimits
{
    public int MaxFiles { get; init; } = 500;
    public long MaxFileBytes { get; init; } = 4 * 1024 * 1024;
    public int MaxPassages { get; init; } = 50_000;
    /// <summary>Folders below the folder.</summary>
    public int MaxDepth { get; init; } = 8;
}
