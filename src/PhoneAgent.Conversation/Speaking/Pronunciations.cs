using System.Text;
using System.Text.RegularExpressions;

namespace PhoneAgent.Conversation.Speaking;

/// <summary>
/// How an agent's words are to be said that a voice gets wrong: written form → spoken form. Whole words only; the longest
/// form wins. A form written in small letters also stands for its capitals, any other only for itself. Immutable.
/// </summary>
public sealed class Pronunciations
{
    public const int MaxEntries = 2_000;

    /// <summary>Characters of a written form, and of a spoken one.</summary>
    public const int MaxWritten = 100;
    public const int MaxSpoken = 300;

    public static readonly Pronunciations None = new(new Dictionary<string, string>());

    private readonly Dictionary<string, string> _exact = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _anyCase = new(StringComparer.OrdinalIgnoreCase);
    private readonly Regex? _written;

    /// <param name="entries">Written form → spoken form, neither of them empty.</param>
    public Pronunciations(IReadOnlyDictionary<string, string> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        foreach ((string written, string spoken) in entries)
            (written.Any(char.IsUpper) ? _exact : _anyCase)[written] = spoken;
        if (entries.Count == 0)
            return;
        IEnumerable<string> forms = entries.Keys.OrderByDescending(form => form.Length)
            .Select(form => form.Any(char.IsUpper) ? Regex.Escape(form) : $"(?i:{Regex.Escape(form)})");
        _written = new Regex($@"(?<![\p{{L}}\p{{N}}])(?:{string.Join('|', forms)})(?![\p{{L}}\p{{N}}])", RegexOptions.CultureInvariant);
    }

    public bool IsEmpty => _written is null;

    /// <summary>The text as it is to be said.</summary>
    public PronouncedText Apply(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (_written is null)
            return new PronouncedText(text, []);
        var spoken = new StringBuilder();
        var changes = new List<PronouncedText.Change>();
        int at = 0;
        foreach (Match match in _written.Matches(text))
        {
            // A letter that only a regular expression takes for another case (the Kelvin sign) stays as it is.
            if (!_exact.TryGetValue(match.Value, out string? form) && !_anyCase.TryGetValue(match.Value, out form))
                continue;
            spoken.Append(text, at, match.Index - at);
            changes.Add(new PronouncedText.Change(spoken.Length, form.Length, match.Index, match.Length));
            spoken.Append(form);
            at = match.Index + match.Length;
        }
        return new PronouncedText(spoken.Append(text, at, text.Length - at).ToString(), changes);
    }
}

/// <summary>A text as it is said, and where its characters stand in the text as it is written.</summary>
public sealed class PronouncedText
{
    private readonly IReadOnlyList<Change> _changes;

    internal PronouncedText(string text, IReadOnlyList<Change> changes) => (Text, _changes) = (text, changes);

    internal readonly record struct Change(int SpokenAt, int SpokenLength, int WrittenAt, int WrittenLength);

    public string Text { get; }

    /// <summary>The place in the written text; all of a spoken form stands where its written form begins.</summary>
    public int OriginOf(int index)
    {
        int shift = 0;
        foreach (Change change in _changes)
        {
            if (index < change.SpokenAt)
                break;
            if (index < change.SpokenAt + change.SpokenLength)
                return change.WrittenAt;
            shift = change.WrittenAt + change.WrittenLength - change.SpokenAt - change.SpokenLength;
        }
        return index + shift;
    }
}
