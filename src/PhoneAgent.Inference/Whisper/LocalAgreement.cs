namespace PhoneAgent.Inference.Whisper;

/// <summary>
/// LocalAgreement-2 (Macháček, Dabre, Bojar 2023, "Turning Whisper into Real-Time Transcription System"): what two consecutive
/// transcriptions of the growing audio begin with alike is taken as said and never withdrawn. Not thread-safe.
/// </summary>
internal sealed class LocalAgreement
{
    private readonly List<WrittenWord> agreed = [];
    private IReadOnlyList<WrittenWord> previous = [];

    /// <summary>Words that are settled.</summary>
    public IReadOnlyList<WrittenWord> Agreed => agreed;

    /// <summary>The latest transcription of the window, settled or not.</summary>
    public IReadOnlyList<WrittenWord> Latest => previous;

    /// <summary>Takes the next transcription of the same window. True when more words are settled than before.</summary>
    public bool Add(IReadOnlyList<WrittenWord> hypothesis)
    {
        var common = CommonPrefix(previous, hypothesis);
        previous = hypothesis;
        // A transcription that contradicts what is settled settles nothing.
        if (common <= agreed.Count || CommonPrefix(agreed, hypothesis) < agreed.Count)
            return false;
        agreed.AddRange(hypothesis.Skip(agreed.Count).Take(common - agreed.Count));
        return true;
    }

    /// <summary>The window moves on: its first words leave.</summary>
    public void Forget(int count)
    {
        agreed.RemoveRange(0, count);
        previous = [.. previous.Skip(count)];
    }

    public void Clear()
    {
        agreed.Clear();
        previous = [];
    }

    private static int CommonPrefix(IReadOnlyList<WrittenWord> a, IReadOnlyList<WrittenWord> b)
    {
        var length = 0;
        while (length < a.Count && length < b.Count && a[length].Key == b[length].Key)
            length++;
        return length;
    }
}
