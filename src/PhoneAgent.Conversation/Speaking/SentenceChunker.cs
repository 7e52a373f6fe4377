using System.Text;

namespace PhoneAgent.Conversation.Speaking;

/// <summary>
/// Cuts text into what is synthesised at once: sentences, and for a text that is still being written the first clause
/// early, so that the voice can begin. Takes whole texts and pieces of them alike: where a text is cut does not depend
/// on the pieces it came in, because a place is judged only when all that its judgement looks at has come. Where the
/// cuts are is <see cref="SentenceRules"/>'s. Not thread-safe.
/// </summary>
/// <param name="firstClauseEarly">Cut the first sentence at its first clause that is long enough to be said by itself.</param>
public sealed class SentenceChunker(bool firstClauseEarly = true)
{
    private readonly StringBuilder _pending = new();
    private SentenceScan _scan = SentenceScan.Begin(0, isFirst: firstClauseEarly);

    /// <summary>The sentences of a whole text in order, trimmed, none empty.</summary>
    public static IReadOnlyList<string> Split(string text, bool firstClauseEarly = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        var chunks = new List<string>();
        SentenceScan scan = SentenceScan.Begin(0, firstClauseEarly);
        Cut(text, ref scan, complete: true, chunks);
        return chunks;
    }

    /// <summary>More of the text; returns what is complete now, often nothing.</summary>
    public IReadOnlyList<string> Add(ReadOnlySpan<char> delta)
    {
        _pending.Append(delta);
        return Take(complete: false);
    }

    /// <summary>The text has ended; returns the rest. The next <see cref="Add"/> begins another text.</summary>
    public IReadOnlyList<string> Flush()
    {
        IReadOnlyList<string> rest = Take(complete: true);
        _pending.Clear();
        _scan = SentenceScan.Begin(0, firstClauseEarly);
        return rest;
    }

    private List<string> Take(bool complete)
    {
        var chunks = new List<string>();
        Cut(_pending.ToString(), ref _scan, complete, chunks);
        _pending.Remove(0, _scan.Start);
        _scan.MoveBack(_scan.Start);
        return chunks;
    }

    private static void Cut(ReadOnlySpan<char> text, ref SentenceScan scan, bool complete, List<string> chunks)
    {
        while (scan.TryNext(text, complete, out int end))
        {
            ReadOnlySpan<char> chunk = text[scan.Start..end].Trim();
            scan = SentenceScan.Begin(end, scan.IsFirst && chunk.IsEmpty);
            if (!chunk.IsEmpty)
                chunks.Add(chunk.ToString());
        }
    }
}
