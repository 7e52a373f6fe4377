using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Inference.Whisper;

/// <summary>
/// What is known of an utterance, and the stretch of it that is transcribed next. The stretch slides over settled words at
/// pauses, so that it stays short however long the caller speaks. Not thread-safe.
/// </summary>
internal sealed class TranscriptWindow(UtteranceAudio audio)
{
    /// <summary>A shorter one may lie within a word.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>How far off Whisper's times are.</summary>
    private static readonly TimeSpan Vagueness = TimeSpan.FromMilliseconds(200);

    /// <summary>Less voice than this after what was transcribed is no word.</summary>
    private static readonly TimeSpan Unheard = TimeSpan.FromMilliseconds(60);

    private readonly List<WrittenWord> before = [];
    private readonly LocalAgreement agreement = new();

    /// <summary>Its first sample.</summary>
    public int Start { get; private set; }

    /// <summary>Audio up to this sample was transcribed; -1: none was.</summary>
    public int Covered { get; private set; } = -1;

    /// <summary>Nothing was spoken since <see cref="Covered"/>: transcribing again would give the same.</summary>
    public bool IsUpToDate => IsEnough(Covered);

    /// <summary>All words of the utterance that are settled.</summary>
    public IReadOnlyList<WrittenWord> Settled => [.. before, .. agreement.Agreed];

    /// <summary>All words of the utterance as heard last.</summary>
    public IReadOnlyList<WrittenWord> Words => [.. before, .. agreement.Latest];

    /// <summary>The words before the window, as context for it.</summary>
    public IReadOnlyList<WrittenWord> Before => before;

    /// <summary>A transcription up to this sample holds all that was spoken.</summary>
    public bool IsEnough(int covered) => covered >= 0 && audio.VoicedSince(covered) < Unheard;

    /// <summary>True when more words are settled.</summary>
    public bool Add(IReadOnlyList<WrittenWord> words, int covered)
    {
        Covered = covered;
        return agreement.Add(words);
    }

    /// <summary>
    /// Lets go of settled words once the window is longer than <paramref name="target"/>: at the last pause after one of them.
    /// </summary>
    public void Slide(TimeSpan target)
    {
        if (AudioFormat.ToTime(audio.Count - Start) <= target)
            return;
        var settled = agreement.Agreed;
        for (var i = settled.Count - 1; i >= 0; i--)
        {
            var next = i + 1 < agreement.Latest.Count ? Sample(agreement.Latest[i + 1].Start) : audio.Count;
            var cut = audio.FindPause(Sample(settled[i].End - Vagueness), next + Sample(Vagueness), Pause);
            if (cut <= Start)
                continue;
            Cut(i + 1, cut);
            return;
        }
    }

    /// <summary>Takes what was heard last as it is and goes on behind it: for one who speaks longer than Whisper can hear at once.</summary>
    public void Accept()
    {
        before.AddRange(agreement.Latest);
        agreement.Clear();
        Start = Math.Max(Start, Covered);
    }

    private void Cut(int words, int at)
    {
        before.AddRange(agreement.Agreed.Take(words));
        agreement.Forget(words);
        Start = Math.Clamp(at, Start, audio.Count);
    }

    private static int Sample(TimeSpan time) => (int)Math.Max(0, AudioFormat.ToSamples(time));
}
