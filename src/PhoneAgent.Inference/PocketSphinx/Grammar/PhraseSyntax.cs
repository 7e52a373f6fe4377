namespace PhoneAgent.Inference.PocketSphinx.Grammar;

/// <summary>
/// Reads a phrase in the JSGF subset of <see cref="Conversation.Hearing.PhraseAnswer"/> (words, groups, alternatives,
/// options) into a <see cref="WordGraph"/>. Phrases come from a file a person wrote: length and depth are capped.
/// </summary>
internal ref struct PhraseSyntax
{
    private const int MaxLength = 2_000;
    private const int MaxDepth = 20;

    private readonly WordGraph graph;
    private readonly string text;
    private int position;
    private int depth;
    private string? problem;

    private PhraseSyntax(WordGraph graph, string text)
    {
        this.graph = graph;
        this.text = text;
    }

    /// <summary>Adds the phrase between <paramref name="from"/> and the returned state. On a mistake says which.</summary>
    public static int Add(WordGraph graph, int from, string phrase, out string? problem)
    {
        if (phrase.Length > MaxLength)
        {
            problem = $"The phrase '{phrase[..40]}…' is longer than {MaxLength} characters: split it.";
            return from;
        }
        var reader = new PhraseSyntax(graph, phrase);
        var end = reader.Alternatives(from);
        if (reader.problem is null && reader.position < phrase.Length)
            reader.Fail($"unexpected '{phrase[reader.position]}'");
        problem = reader.problem;
        return end;
    }

    private int Alternatives(int from)
    {
        if (++depth > MaxDepth)
        {
            Fail($"groups nested deeper than {MaxDepth}");
            return from;
        }
        var join = graph.NewState();
        do
            graph.AddEmpty(Sequence(from), join);
        while (problem is null && Take('|'));
        depth--;
        return join;
    }

    private int Sequence(int from)
    {
        // Each alternative begins in a state of its own, so that an option in one cannot be re-entered from another.
        var state = graph.NewState();
        graph.AddEmpty(from, state);
        var items = 0;
        for (; problem is null; items++)
        {
            SkipSpaces();
            if (position == text.Length || text[position] is '|' or ')' or ']')
                break;
            state = Item(state);
        }
        if (items == 0)
            Fail("an empty phrase, group or alternative");
        return state;
    }

    private int Item(int from)
    {
        if (Take('('))
            return Closed(from, ')');
        if (Take('['))
        {
            var end = Closed(from, ']');
            graph.AddEmpty(from, end);
            return end;
        }
        var start = position;
        while (position < text.Length && IsWordCharacter(text[position]))
            position++;
        if (position == start)
        {
            Fail($"unexpected '{text[start]}'; a phrase has words, ( | ) and [ ] only");
            return from;
        }
        return graph.AddWord(from, text[start..position].ToLowerInvariant());
    }

    private int Closed(int from, char close)
    {
        var end = Alternatives(from);
        if (problem is null && !Take(close))
            Fail($"'{close}' is missing");
        return end;
    }

    private static bool IsWordCharacter(char c) => char.IsAsciiLetter(c) || c is '\'' or '-' or '.';

    private bool Take(char c)
    {
        SkipSpaces();
        if (position == text.Length || text[position] != c)
            return false;
        position++;
        return true;
    }

    private void SkipSpaces()
    {
        while (position < text.Length && char.IsWhiteSpace(text[position]))
            position++;
    }

    private void Fail(string what) => problem ??= $"The phrase '{text}' cannot be read at character {position + 1}: {what}.";
}
