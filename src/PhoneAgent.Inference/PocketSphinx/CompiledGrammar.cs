using System.Globalization;
using PhoneAgent.Inference.PocketSphinx.Grammar;

namespace PhoneAgent.Inference.PocketSphinx;

/// <summary>A grammar as the decoders take it. Immutable, shared by all of them.</summary>
internal sealed class CompiledGrammar(
    string name, AnswerGrammar answers, IReadOnlyList<KeyValuePair<string, string[]>> pronunciations, IReadOnlyList<string> problems)
{
    private readonly Dictionary<string, string[]> phones = SplitPhones(pronunciations);

    public string Name => name;

    public AnswerGrammar Answers => answers;

    public string Fsg { get; } = answers.ToFsg(name);

    public IReadOnlyList<KeyValuePair<string, string[]>> Pronunciations => pronunciations;

    /// <summary>What cannot be understood, one sentence each.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>Phones of a word as a path names it, e.g. <c>the(2)</c>.</summary>
    public string[] Pronounce(string word) => phones.GetValueOrDefault(word, []);

    private static Dictionary<string, string[]> SplitPhones(IReadOnlyList<KeyValuePair<string, string[]>> pronunciations)
    {
        var result = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var (word, all) in pronunciations)
            for (var i = 0; i < all.Length; i++)
                result[i == 0 ? word : string.Create(CultureInfo.InvariantCulture, $"{word}({i + 1})")] = all[i].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return result;
    }
}
