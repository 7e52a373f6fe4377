using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace PhoneAgent.Server.Options;

/// <summary>
/// A text of the configuration that others are compared with: <c>200</c> exactly, <c>+49*</c> by its beginning, <c>/^0(30|40)/</c> as a
/// regular expression. Case counts. Immutable; thread-safe.
/// </summary>
internal sealed class TextPattern
{
    // The engine below is linear in the text; the limit is for what is long all the same. On a machine with much to do the first
    // use of an expression alone can take tens of milliseconds.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly string _text;
    private readonly bool _isPrefix;
    private readonly Regex? _regex;

    private TextPattern(string text, bool isPrefix, Regex? regex) => (_text, _isPrefix, _regex) = (text, isPrefix, regex);

    public static bool TryParse(string text, [NotNullWhen(true)] out TextPattern? pattern, [NotNullWhen(false)] out string? error)
    {
        (pattern, error) = (null, null);
        if (text.Length == 0)
            error = "The text to compare with is empty; write * for any.";
        else if (text.Length > 2 && text[0] == '/' && text[^1] == '/')
            pattern = ParseRegex(text[1..^1], out error) is { } regex ? new TextPattern(text, false, regex) : null;
        else
            pattern = text[^1] == '*' ? new TextPattern(text[..^1], true, null) : new TextPattern(text, false, null);
        return pattern is not null;
    }

    /// <summary>Callers choose the text: a comparison that takes too long is no match.</summary>
    public bool Matches(string text)
    {
        try
        {
            return _regex?.IsMatch(text) ?? (_isPrefix ? text.StartsWith(_text, StringComparison.Ordinal) : text == _text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private static Regex? ParseRegex(string expression, out string? error)
    {
        try
        {
            error = null;
            return new Regex(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Limit);
        }
        catch (ArgumentException e)
        {
            error = $"'{expression}' is no regular expression: {e.Message}";
        }
        catch (NotSupportedException)
        {
            error = $"'{expression}' looks back or ahead; only expressions that are matched in one pass are allowed, for callers choose the text.";
        }
        return null;
    }
}
