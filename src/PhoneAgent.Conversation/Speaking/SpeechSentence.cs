namespace PhoneAgent.Conversation.Speaking;

/// <summary>One sentence on its way to the caller. Its samples belong to the <see cref="SpeechQueue"/> that made it.</summary>
public sealed class SpeechSentence
{
    internal SpeechSentence(int turn, string text, bool interruptible) => (Turn, Text, Interruptible) = (turn, text, interruptible);

    public int Turn { get; }
    public string Text { get; }
    public bool Interruptible { get; }

    /// <summary>Said to bridge a wait; not the reply's own words.</summary>
    internal bool IsFiller { get; init; }

    /// <summary>Samples of silence before its words.</summary>
    internal long Lead { get; init; }

    internal List<ReadOnlyMemory<short>> Chunks { get; } = [];
    internal List<WordMark> Words { get; } = [];
    internal long Total { get; set; }
    internal long Played { get; set; }
    internal bool IsComplete { get; set; }

    /// <summary>The part of the text that was played, cut at a word.</summary>
    internal string Heard()
    {
        if (Said <= 0)
            return "";
        if (IsComplete && Played >= Total)
            return Text;
        return Words.Count > 0 ? HeardByMarks() : HeardByShare();
    }

    private long Said => Played - Lead;

    private string HeardByMarks()
    {
        // A word counts once it has ended, and that is known by the next one's start.
        int end = 0;
        for (int i = 0; i + 1 < Words.Count && Words[i + 1].SampleOffset <= Said; i++)
            end = Words[i + 1].TextOffset;
        return Text[..Math.Min(end, Text.Length)].TrimEnd();
    }

    private string HeardByShare()
    {
        // Without marks: speech takes about 65 ms a character while its end is not known.
        const long SamplesPerCharacter = 16_000 * 65 / 1000;
        long total = IsComplete ? Total - Lead : Math.Max(Total - Lead, Text.Length * SamplesPerCharacter);
        int end = (int)(Text.Length * Said / Math.Max(1, total));
        if (end >= Text.Length)
            return Text;
        int space = Text.LastIndexOf(' ', end);
        return space <= 0 ? "" : Text[..space];
    }
}
