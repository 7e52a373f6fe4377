using System.Text;

namespace PhoneAgent.Inference.Piper;

/// <summary>
/// Phonemes as a voice's model takes them: ^ first, $ last, and the pad _ after each but the last. One phoneme is one code
/// point of the decomposed text, or a cluster of vowels that the voice has learned as one. What the voice has not learned is left out.
/// </summary>
internal sealed class PiperPhonemeIds
{
    private const int MaxId = 9_999;
    private const string Begin = "^";
    private const string End = "$";
    private const string Pad = "_";

    private readonly Dictionary<string, long[]> ids;
    private readonly string[] clusters;

    private PiperPhonemeIds(Dictionary<string, long[]> ids, IEnumerable<string> clusters) =>
        (this.ids, this.clusters) = (ids, [.. clusters.OrderByDescending(cluster => cluster.Length)]);

    public static PiperPhonemeIds Read(JsonPlace root)
    {
        var map = root.Section("phoneme_id_map") ?? throw root.Wrong("phoneme_id_map", "is missing");
        var ids = map.NumberLists(MaxId);
        foreach (var mark in (string[])[Begin, End, Pad])
        {
            if (!ids.ContainsKey(mark))
                throw map.Wrong(mark, "is missing; every voice has ^, $ and _");
        }
        return new PiperPhonemeIds(ids, root.JoinedTexts("vowel_clusters"));
    }

    /// <param name="phonemes">Not yet decomposed.</param>
    /// <param name="missing">How many phonemes the voice does not know.</param>
    public long[] ToIds(string phonemes, out int missing)
    {
        missing = 0;
        var all = new List<long>(ids[Begin]);
        all.AddRange(ids[Pad]);
        foreach (var phoneme in Split(IpaDecomposition.Apply(phonemes)))
        {
            if (!ids.TryGetValue(phoneme, out var found))
            {
                missing++;
                continue;
            }
            all.AddRange(found);
            all.AddRange(ids[Pad]);
        }
        all.AddRange(ids[End]);
        return [.. all];
    }

    private IEnumerable<string> Split(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var cluster = Array.Find(clusters, c => string.CompareOrdinal(text, at, c, 0, c.Length) == 0);
            var length = cluster?.Length ?? (Rune.TryGetRuneAt(text, at, out var rune) ? rune.Utf16SequenceLength : 1);
            yield return text.Substring(at, length);
            at += length;
        }
    }
}
