using System.Text;

namespace PhoneAgent.Inference.Piper;

/// <summary>
/// Unicode NFD of the letters that phonemes are written with. By hand: with invariant globalisation .NET has no Unicode
/// decomposition.
/// </summary>
internal static class IpaDecomposition
{
    private const string Composed = "çãẽĩõũỹñāēīōūáéíóúàèìòùâêîôûäëïöüýÿǎěǐǒǔ";
    private const string Letters = "caeiouynaeiouaeiouaeiouaeiouaeiouyyaeiou";
    private const string Marks =
        "\u0327\u0303\u0303\u0303\u0303\u0303\u0303\u0303\u0304\u0304\u0304\u0304\u0304\u0301\u0301\u0301\u0301\u0301\u0300\u0300\u0300\u0300\u0300"
        + "\u0302\u0302\u0302\u0302\u0302\u0308\u0308\u0308\u0308\u0308\u0301\u0308\u030C\u030C\u030C\u030C\u030C";

    public static string Apply(string phonemes)
    {
        var text = new StringBuilder(phonemes.Length);
        foreach (var c in phonemes)
        {
            if (Composed.IndexOf(c, StringComparison.Ordinal) is var at and >= 0)
                text.Append(Letters[at]).Append(Marks[at]);
            else
                text.Append(c);
        }
        return text.ToString();
    }
}
