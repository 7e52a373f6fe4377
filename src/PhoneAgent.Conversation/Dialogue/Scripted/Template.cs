using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace PhoneAgent.Conversation.Dialogue.Scripted;

/// <summary>
/// Text with variables: <c>{order.status}</c>, <c>{order_number|digits}</c>; <c>{{</c> and <c>}}</c> are braces. Immutable.
/// </summary>
public sealed class Template
{
    private readonly IReadOnlyList<(string Text, string? Variable, string? Format)> _parts;

    private Template(string source, IReadOnlyList<(string, string?, string?)> parts) => (Source, _parts) = (source, parts);

    public static readonly Template Empty = new("", []);

    public string Source { get; }

    /// <summary>Name and format (or null) of each variable used.</summary>
    public IEnumerable<(string Name, string? Format)> Variables =>
        _parts.Where(part => part.Variable is not null).Select(part => (part.Variable!, part.Format));

    /// <exception cref="FormatException">The text is malformed.</exception>
    public static Template Parse(string text) =>
        TryParse(text, out Template? template, out string? error) ? template : throw new FormatException(error);

    public static bool TryParse(string text, [NotNullWhen(true)] out Template? template, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        (template, error) = (null, null);
        var parts = new List<(string, string?, string?)>();
        var literal = new StringBuilder();
        for (int at = 0; at < text.Length; at++)
        {
            char c = text[at];
            if (c is '{' or '}' && at + 1 < text.Length && text[at + 1] == c)
            {
                literal.Append(c);
                at++;
            }
            else if (c == '{')
            {
                int close = text.IndexOf('}', at);
                string inside = close < 0 ? "" : text[(at + 1)..close];
                string[] pieces = inside.Split('|', 2, StringSplitOptions.TrimEntries);
                if (!IsName(pieces[0]) || (pieces.Length == 2 && !IsName(pieces[1])))
                {
                    error = close < 0 ? $"'{{' at character {at + 1} is never closed" : $"'{{{inside}}}' is not a variable; write {{name}} or {{name|format}}";
                    return false;
                }
                parts.Add((literal.ToString(), pieces[0], pieces.ElementAtOrDefault(1)));
                literal.Clear();
                at = close;
            }
            else if (c == '}')
            {
                error = $"'}}' at character {at + 1} closes nothing";
                return false;
            }
            else
            {
                literal.Append(c);
            }
        }
        if (literal.Length > 0)
            parts.Add((literal.ToString(), null, null));
        template = new Template(text, parts);
        return true;
    }

    /// <summary>Fills in the variables; formats are left to <paramref name="value"/>'s second form.</summary>
    public string Render(Func<string, string> value) => Render((name, _) => value(name));

    /// <param name="value">Gives the text of a variable in a format (null: as it is).</param>
    public string Render(Func<string, string?, string> value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var text = new StringBuilder();
        foreach ((string literal, string? variable, string? format) in _parts)
        {
            text.Append(literal);
            if (variable is not null)
                text.Append(value(variable, format));
        }
        return text.ToString();
    }

    public override string ToString() => Source;

    internal static bool IsName(string name) =>
        name.Length is > 0 and <= 64 && char.IsAsciiLetterLower(name[0]) && !name.EndsWith('.')
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '.');
}
