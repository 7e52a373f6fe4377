using System.Collections.Frozen;
using PhoneAgent.Conversation.Dialogue.Language;

namespace PhoneAgent.Campaigns.DoNotCall;

/// <summary>
/// Hears "never call again" in what a contact said. In doubt it hears it: a call too many harms, a call too few costs a call.
/// Phrases lie in <c>DoNotCall/Phrases</c>, a file a language. Immutable; thread-safe.
/// </summary>
public sealed class DoNotCallWords
{
    private const int ShortestWord = 6;
    private static readonly char[] s_sentenceEnds = ['.', '!', '?', ';', ':', '…', '¿', '¡', '\n'];
    private static readonly FrozenDictionary<string, PhraseTable> s_tables =
        new[] { "de", "en", "es", "fr" }.ToFrozenDictionary(language => language, PhraseTable.OfLanguage, StringComparer.Ordinal);

    private readonly PhraseTable[] _tables;

    /// <param name="options">Its languages must be of <see cref="Languages"/>; others have no phrases of ours.</param>
    public DoNotCallWords(OptOutOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        PhraseTable own = PhraseTable.OfPhrases(options.Phrases.Where(IsPhrase));
        _tables = [.. options.Languages.Select(language => s_tables.GetValueOrDefault(language)).OfType<PhraseTable>(), own];
    }

    public static IReadOnlyCollection<string> Languages { get; } = [.. s_tables.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Whether words may be a phrase of their own: not those that are said in any call.</summary>
    public static bool IsPhrase(string phrase)
    {
        IReadOnlyList<string> words = Words.Split(phrase);
        return words.Count is > 1 and <= 20 || (words.Count == 1 && words[0].Length >= ShortestWord);
    }

    /// <summary>The words that say it, as proof; null when nothing does. Personal data.</summary>
    /// <param name="text">What a recogniser heard, finally.</param>
    public string? Find(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (string sentence in text.Split(s_sentenceEnds, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            Clause clause = Clause.Read(sentence);
            foreach (PhraseTable table in _tables)
                if (table.Find(clause) is { } found)
                    return string.Join(' ', clause.Words.Take(found));
        }
        return null;
    }
}
