namespace PhoneAgent.Inference;

/// <summary>
/// Cuts the pause that a voice starts with (flite 120–250 ms): it would be added to each response gap in full.
/// </summary>
internal sealed class LeadingSilenceTrimmer
{
    /// <summary>−50 dBFS: below what the softest fricative of flite and eSpeak reaches, above the vocoder's hiss in pauses.</summary>
    private const int OnsetLevel = 100;

    /// <summary>10 ms stay before the onset, so that a soft beginning is not clipped.</summary>
    private const int Kept = 160;

    /// <summary>How far before the engine's own first phone the sound may begin.</summary>
    private const int EarlyOnset = 320;

    private readonly short[] tail = new short[Kept];
    private int tailLength;
    private bool open;
    private int searchFrom;

    /// <summary>Samples cut so far.</summary>
    public int Trimmed { get; private set; }

    /// <summary>Begins an utterance whose first phone starts at <paramref name="firstPhone"/> samples. Clicks well before it are not speech.</summary>
    public void Begin(int firstPhone)
    {
        searchFrom = Math.Max(0, firstPhone - EarlyOnset);
        tailLength = 0;
        Trimmed = 0;
        open = false;
    }

    /// <summary>Passes on what is to be heard of a chunk: the kept lead-in first, then the rest; both empty while still silent.</summary>
    public void Push(ReadOnlySpan<short> chunk, out ReadOnlySpan<short> leadIn, out ReadOnlySpan<short> rest)
    {
        leadIn = default;
        rest = default;
        if (open)
        {
            rest = chunk;
            return;
        }
        var onset = FindOnset(chunk);
        if (onset < 0)
        {
            Keep(chunk);
            return;
        }
        open = true;
        var fromChunk = Math.Min(onset, Kept);
        var fromTail = Math.Min(Kept - fromChunk, tailLength);
        leadIn = tail.AsSpan(tailLength - fromTail, fromTail);
        rest = chunk[(onset - fromChunk)..];
        Trimmed += tailLength - fromTail + onset - fromChunk;
    }

    private int FindOnset(ReadOnlySpan<short> chunk)
    {
        var seen = Trimmed + tailLength;
        for (var i = Math.Max(0, searchFrom - seen); i < chunk.Length; i++)
            if (chunk[i] is > OnsetLevel or < -OnsetLevel)
                return i;
        return -1;
    }

    private void Keep(ReadOnlySpan<short> chunk)
    {
        if (chunk.Length >= Kept)
        {
            Trimmed += tailLength + chunk.Length - Kept;
            chunk[^Kept..].CopyTo(tail);
            tailLength = Kept;
            return;
        }
        var stay = Math.Min(tailLength, Kept - chunk.Length);
        tail.AsSpan(tailLength - stay, stay).CopyTo(tail);
        chunk.CopyTo(tail.AsSpan(stay));
        Trimmed += tailLength - stay;
        tailLength = stay + chunk.Length;
    }
}
