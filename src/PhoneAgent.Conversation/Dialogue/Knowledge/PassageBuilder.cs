using System.Text;

namespace PhoneAgent.Conversation.Dialogue.Knowledge;

/// <summary>
/// Packs the blocks of a section (paragraphs, list items, rows) into passages of about <see cref="TargetWords"/>. A section that needs
/// several repeats the end of one at the beginning of the next, so that no answer is cut in two.
/// </summary>
internal sealed class PassageBuilder(string file, ICollection<KnowledgePassage> passages)
{
    public const int TargetWords = 160;
    public const int MaxWords = 200;
    private const int OverlapWords = 30;

    private readonly List<Sentence> _pending = [];
    private int _words;
    private int _overlap;

    private readonly record struct Sentence(string Text, int Line, int Words, bool EndsBlock);

    /// <summary>The headings above what is added next.</summary>
    public string Heading { get; private set; } = "";

    /// <summary>Begins another section.</summary>
    public void Begin(string heading)
    {
        Flush();
        (_overlap, Heading) = (0, heading);
        _pending.Clear();
        _words = 0;
    }

    public void Add(string block, int line)
    {
        List<string> sentences = [.. SentenceSplitter.Split(block, MaxWords)];
        for (int i = 0; i < sentences.Count; i++)
            Add(new Sentence(sentences[i], line, CountWords(sentences[i]), i == sentences.Count - 1));
    }

    private void Add(Sentence sentence)
    {
        if (_pending.Count > _overlap && (_words + sentence.Words > MaxWords || _words >= TargetWords))
        {
            Flush();
            KeepOverlap(sentence.Words);
        }
        _pending.Add(sentence);
        _words += sentence.Words;
    }

    /// <summary>Ends the passage that is being built.</summary>
    public void Flush()
    {
        if (_pending.Count <= _overlap)
            return;
        var text = new StringBuilder();
        foreach (Sentence sentence in _pending)
            text.Append(sentence.Text).Append(sentence.EndsBlock ? '\n' : ' ');
        passages.Add(new KnowledgePassage(file, _pending[_overlap].Line, Heading, text.ToString().TrimEnd()));
        _overlap = _pending.Count;
    }

    private void KeepOverlap(int coming)
    {
        int from = _pending.Count;
        int words = 0;
        while (from > 0 && words + _pending[from - 1].Words <= OverlapWords && words + _pending[from - 1].Words + coming <= MaxWords)
            words += _pending[--from].Words;
        _pending.RemoveRange(0, from);
        (_overlap, _words) = (_pending.Count, words);
    }

    private static int CountWords(string text)
    {
        int count = 0;
        bool inWord = false;
        foreach (char c in text)
        {
            bool isSpace = char.IsWhiteSpace(c);
            if (!isSpace && !inWord)
                count++;
            inWord = !isSpace;
        }
        return count;
    }
}
