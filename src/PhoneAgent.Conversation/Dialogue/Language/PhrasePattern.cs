using System.Diagnostics.CodeAnalysis;

namespace PhoneAgent.Conversation.Dialogue.Language;

/// <summary>
/// A phrase as <see cref="Hearing.PhraseAnswer"/> writes it: lower-case words, <c>(a | b)</c> alternatives, <c>[a]</c> optional.
/// Immutable.
/// </summary>
public sealed class PhrasePattern
{
    internal const int MaxLength = 4000;
    private readonly PhraseNode _root;

    private PhrasePattern(string text, PhraseNode root) => (Text, _root) = (text, root);

    public string Text { get; }

    /// <exception cref="FormatException">The phrase is malformed; the message says where.</exception>
    public static PhrasePattern Parse(string text) =>
        TryParse(text, out PhrasePattern? pattern, out string? error) ? pattern : throw new FormatException(error);

    /// <param name="error">What is wrong and at which character, e.g. "'(' at character 5 is never closed".</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out PhrasePattern? pattern, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        pattern = null;
        if (!PhraseParser.TryParse(text, out PhraseNode? root, out error))
            return false;
        pattern = new PhrasePattern(text, root);
        return true;
    }

    /// <summary>True when the words are one of the sentences; fillers ("um", "please") may stand anywhere between.</summary>
    public bool IsMatch(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        var ends = new SortedSet<int>();
        _root.Match(words, [0], ends);
        return ends.Any(end => words.Skip(end).All(Words.Fillers.Contains));
    }

    /// <summary>The end of the longest of the sentences that begins at a word; -1 when none does.</summary>
    public int MatchAt(IReadOnlyList<string> words, int start)
    {
        ArgumentNullException.ThrowIfNull(words);
        var ends = new SortedSet<int>();
        _root.Match(words, [start], ends);
        return ends.Count == 0 || ends.Max == start ? -1 : ends.Max;
    }

    /// <summary>The sentences, first alternatives first, without the empty one; at most <paramref name="limit"/>.</summary>
    public IEnumerable<string> Sentences(int limit) =>
        _root.Sentences().Where(sentence => sentence.Count > 0).Take(limit).Select(sentence => string.Join(' ', sentence));

    /// <summary>True when everything in it is optional: such a phrase is a mistake.</summary>
    public bool MatchesSilence => _root.CanBeEmpty;

    public override string ToString() => Text;
}

internal abstract class PhraseNode
{
    public abstract bool CanBeEmpty { get; }

    /// <summary>Adds to <paramref name="ends"/> every position after this node when it begins at one of <paramref name="starts"/>.</summary>
    public abstract void Match(IReadOnlyList<string> words, SortedSet<int> starts, SortedSet<int> ends);

    public abstract IEnumerable<IReadOnlyList<string>> Sentences();

    internal sealed class Word(string text) : PhraseNode
    {
        public override bool CanBeEmpty => false;

        public override void Match(IReadOnlyList<string> words, SortedSet<int> starts, SortedSet<int> ends)
        {
            foreach (int start in starts)
            {
                for (int at = start; at < words.Count; at++)
                {
                    if (words[at] == text)
                        ends.Add(at + 1);
                    if (!Language.Words.Fillers.Contains(words[at]))
                        break;
                }
            }
        }

        public override IEnumerable<IReadOnlyList<string>> Sentences() => [[text]];
    }

    internal sealed class Sequence(IReadOnlyList<PhraseNode> parts) : PhraseNode
    {
        public override bool CanBeEmpty => parts.All(part => part.CanBeEmpty);

        public override void Match(IReadOnlyList<string> words, SortedSet<int> starts, SortedSet<int> ends)
        {
            SortedSet<int> current = starts;
            foreach (PhraseNode part in parts)
            {
                var next = new SortedSet<int>();
                part.Match(words, current, next);
                if (next.Count == 0)
                    return;
                current = next;
            }
            ends.UnionWith(current);
        }

        public override IEnumerable<IReadOnlyList<string>> Sentences() => From(0);

        private IEnumerable<IReadOnlyList<string>> From(int index)
        {
            if (index == parts.Count)
                return [[]];
            return parts[index].Sentences().SelectMany(_ => From(index + 1), IReadOnlyList<string> (head, tail) => [.. head, .. tail]);
        }
    }

    internal sealed class Alternatives(IReadOnlyList<PhraseNode> choices, bool optional) : PhraseNode
    {
        public override bool CanBeEmpty => optional || choices.Any(choice => choice.CanBeEmpty);

        public override void Match(IReadOnlyList<string> words, SortedSet<int> starts, SortedSet<int> ends)
        {
            foreach (PhraseNode choice in choices)
                choice.Match(words, starts, ends);
            if (optional)
                ends.UnionWith(starts);
        }

        public override IEnumerable<IReadOnlyList<string>> Sentences()
        {
            IEnumerable<IReadOnlyList<string>> sentences = choices.SelectMany(choice => choice.Sentences());
            return optional ? sentences.Append([]) : sentences;
        }
    }
}
