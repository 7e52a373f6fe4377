using System.Diagnostics.CodeAnalysis;

namespace PhoneAgent.Conversation.Dialogue.Language;

/// <summary>Recursive descent over a phrase. Nesting is capped, because phrases come out of files.</summary>
internal sealed class PhraseParser
{
    private const int MaxDepth = 12;
    private readonly string _text;
    private int _at;
    private string? _error;

    private PhraseParser(string text) => _text = text;

    public static bool TryParse(string text, [NotNullWhen(true)] out PhraseNode? root, [NotNullWhen(false)] out string? error)
    {
        root = null;
        if (text.Length > PhrasePattern.MaxLength)
        {
            error = $"the phrase is longer than {PhrasePattern.MaxLength} characters; split it into several";
            return false;
        }
        var parser = new PhraseParser(text);
        PhraseNode? node = parser.ReadAlternatives('\0', optional: false, depth: 0);
        error = parser._error;
        if (node is null || error is not null)
        {
            error ??= "the phrase is empty";
            return false;
        }
        root = node;
        return true;
    }

    private PhraseNode? ReadAlternatives(char close, bool optional, int depth)
    {
        int open = _at;
        if (depth > MaxDepth)
            return Fail($"groups are nested deeper than {MaxDepth} at character {open}");
        var choices = new List<PhraseNode>();
        while (true)
        {
            PhraseNode? choice = ReadSequence(depth);
            if (choice is null)
                return null;
            choices.Add(choice);
            if (_at >= _text.Length)
                break;
            char c = _text[_at++];
            if (c == '|')
                continue;
            if (c == close)
                return Simplify(choices, optional);
            return Fail($"'{c}' at character {_at} closes nothing");
        }
        return close == '\0'
            ? Simplify(choices, optional)
            : Fail($"'{(close == ')' ? '(' : '[')}' at character {open} is never closed");
    }

    private PhraseNode? ReadSequence(int depth)
    {
        var parts = new List<PhraseNode>();
        while (_at < _text.Length)
        {
            char c = _text[_at];
            if (c is '|' or ')' or ']')
                break;
            if (c == ' ')
            {
                _at++;
            }
            else if (c is '(' or '[')
            {
                _at++;
                PhraseNode? group = ReadAlternatives(c == '(' ? ')' : ']', optional: c == '[', depth + 1);
                if (group is null)
                    return null;
                parts.Add(group);
            }
            else if (IsWord(c))
            {
                int start = _at;
                while (_at < _text.Length && IsWord(_text[_at]))
                    _at++;
                parts.Add(new PhraseNode.Word(_text[start.._at]));
            }
            else
            {
                return Fail(char.IsUpper(c)
                    ? $"'{c}' at character {_at + 1}: phrases are written in lower case"
                    : $"'{c}' at character {_at + 1} is not allowed; use words, (a | b) and [optional]");
            }
        }
        if (parts.Count == 0)
            return Fail($"an empty alternative at character {_at + 1}; use [ ] for what may be left out");
        return parts.Count == 1 ? parts[0] : new PhraseNode.Sequence(parts);
    }

    private static PhraseNode Simplify(List<PhraseNode> choices, bool optional) =>
        choices.Count == 1 && !optional ? choices[0] : new PhraseNode.Alternatives(choices, optional);

    private static bool IsWord(char c) => c is '\'' || (char.IsLetter(c) && !char.IsUpper(c));

    private PhraseNode? Fail(string message)
    {
        _error ??= message;
        return null;
    }
}
