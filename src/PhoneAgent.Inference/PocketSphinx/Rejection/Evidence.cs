using PhoneAgent.Inference.PocketSphinx.Native;

namespace PhoneAgent.Inference.PocketSphinx.Rejection;

/// <summary>
/// What speaks for and against a hypothesis: how well its words explain the sound compared with the phone loop, whether the
/// loop finds its phones, whether its words last as long as words do, and what it leaves unexplained.
/// </summary>
internal sealed class Evidence
{
    public static readonly string[] Names =
    [
        "llr", "worstWordLlr", "agreement", "worstWordAgreement", "uncovered", "shortestPhone", "longestPhone", "logPhones", "score", "silenceInside",
        "logFrames",
    ];

    private readonly PhoneAlignment alignment = new();
    private double[] grammarSum = new double[1];
    private double[] phoneSum = new double[1];
    private bool[] voiced = new bool[1];

    /// <summary>Fills <paramref name="features"/>, of the length of <see cref="Names"/>.</summary>
    /// <param name="words">Path of the grammar.</param>
    /// <param name="phones">Path of the phone loop over the same frames.</param>
    /// <param name="pronounce">Phones of a word as the grammar's path names it.</param>
    public void Extract(
        IReadOnlyList<SphinxSegment> words, IReadOnlyList<SphinxSegment> phones, Func<string, string[]> pronounce, Span<double> features)
    {
        features.Clear();
        var frames = Math.Max(words.Count > 0 ? words[^1].End + 1 : 0, phones.Count > 0 ? phones[^1].End + 1 : 0);
        Accumulate(words, frames, ref grammarSum);
        Accumulate(phones, frames, ref phoneSum);
        MarkVoiced(phones, frames);

        double wordFrames = 0, difference = 0, score = 0, covered = 0, silenceInside = 0;
        double worst = double.MaxValue, worstAgreement = 1, shortest = 100, longest = 0;
        var expected = new List<string>();
        int firstWord = words.Count, lastWord = -1;
        for (var i = 0; i < words.Count; i++)
            if (!words[i].IsFiller)
                (firstWord, lastWord) = (Math.Min(firstWord, i), i);
        for (var i = 0; i < words.Count; i++)
        {
            var w = words[i];
            if (w.IsFiller)
            {
                if (i > firstWord && i < lastWord)
                    silenceInside += w.Frames;
                continue;
            }
            var d = Sum(grammarSum, w) - Sum(phoneSum, w);
            var ps = pronounce(w.Text);
            wordFrames += w.Frames;
            difference += d;
            score += w.AcousticScore;
            covered += CountVoiced(w.Start, w.End);
            worst = Math.Min(worst, d / Math.Max(w.Frames, 12));
            var perPhone = w.Frames / (double)Math.Max(ps.Length, 1);
            shortest = Math.Min(shortest, perPhone);
            longest = Math.Max(longest, perPhone);
            worstAgreement = Math.Min(worstAgreement, alignment.Similarity(ps, PhonesBetween(phones, w.Start - 2, w.End + 2)));
            expected.AddRange(ps);
        }
        if (lastWord < 0)
            return;
        var allVoiced = CountVoiced(0, frames - 1);
        features[0] = difference / wordFrames;
        features[1] = worst;
        features[2] = alignment.Similarity(expected, PhonesBetween(phones, 0, frames));
        features[3] = worstAgreement;
        features[4] = (allVoiced - covered) / Math.Max(allVoiced, 1);
        features[5] = Math.Min(shortest, 12);
        features[6] = Math.Min(longest, 40);
        features[7] = Math.Log(expected.Count);
        features[8] = score / wordFrames;
        features[9] = silenceInside / wordFrames;
        features[10] = Math.Log(wordFrames);
    }

    private static void Accumulate(IReadOnlyList<SphinxSegment> path, int frames, ref double[] sum)
    {
        if (sum.Length < frames + 1)
            sum = new double[frames + 256];
        Array.Clear(sum);
        foreach (var s in path)
            for (var f = s.Start; f <= s.End && f < frames; f++)
                sum[f + 1] = s.AcousticScore / (double)s.Frames;
        for (var f = 1; f <= frames; f++)
            sum[f] += sum[f - 1];
    }

    private void MarkVoiced(IReadOnlyList<SphinxSegment> phones, int frames)
    {
        if (voiced.Length < frames)
            voiced = new bool[frames + 256];
        Array.Clear(voiced);
        foreach (var p in phones)
            if (!p.IsFiller)
                Array.Fill(voiced, true, p.Start, Math.Min(p.Frames, frames - p.Start));
    }

    private double CountVoiced(int start, int end)
    {
        var count = 0;
        for (var f = Math.Max(start, 0); f <= end; f++)
            if (voiced[f])
                count++;
        return count;
    }

    private static double Sum(double[] sum, SphinxSegment s) => sum[s.End + 1] - sum[s.Start];

    private static List<string> PhonesBetween(IReadOnlyList<SphinxSegment> phones, int start, int end)
    {
        var list = new List<string>();
        foreach (var p in phones)
            if (!p.IsFiller && (p.Start + p.End) / 2 >= start && (p.Start + p.End) / 2 <= end)
                list.Add(p.Text);
        return list;
    }
}
