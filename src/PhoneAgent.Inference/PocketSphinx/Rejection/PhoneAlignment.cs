namespace PhoneAgent.Inference.PocketSphinx.Rejection;

/// <summary>How alike two phone strings are, 0–1, by edit distance with cheap exchanges within a class of sounds. Not thread-safe.</summary>
internal sealed class PhoneAlignment
{
    private const double SameClass = 0.4;
    private const double Insertion = 0.6;
    private const double Deletion = 0.9;

    private static readonly Dictionary<string, int> Classes = MakeClasses(
        "IY IH EY Y", "EH AE AH AY", "AA AO AH AW OW", "UW UH OW W", "ER R AH", "P B", "T D", "K G", "F TH S HH", "V DH Z", "SH CH ZH JH", "M N NG", "L OW W");

    private double[] previous = new double[1];
    private double[] current = new double[1];

    /// <summary>1 when <paramref name="heard"/> is exactly <paramref name="expected"/>; 0 when nothing fits.</summary>
    public double Similarity(IReadOnlyList<string> expected, IReadOnlyList<string> heard)
    {
        if (expected.Count == 0)
            return 0;
        if (previous.Length <= heard.Count)
            (previous, current) = (new double[heard.Count + 64], new double[heard.Count + 64]);
        for (var j = 0; j <= heard.Count; j++)
            previous[j] = j * Insertion;
        for (var i = 1; i <= expected.Count; i++)
        {
            current[0] = i * Deletion;
            for (var j = 1; j <= heard.Count; j++)
                current[j] = Math.Min(
                    previous[j - 1] + Exchange(expected[i - 1], heard[j - 1]),
                    Math.Min(previous[j] + Deletion, current[j - 1] + Insertion));
            (previous, current) = (current, previous);
        }
        return Math.Max(0, 1 - (previous[heard.Count] / expected.Count));
    }

    private static double Exchange(string a, string b) =>
        a == b ? 0 : (Classes.GetValueOrDefault(a) & Classes.GetValueOrDefault(b)) != 0 ? SameClass : 1;

    private static Dictionary<string, int> MakeClasses(params string[] classes)
    {
        var result = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < classes.Length; i++)
            foreach (var phone in classes[i].Split(' '))
                result[phone] = result.GetValueOrDefault(phone) | (1 << i);
        return result;
    }
}
