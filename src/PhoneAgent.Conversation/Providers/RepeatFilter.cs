using System.Text;

namespace PhoneAgent.Conversation.Providers;

/// <summary>Takes away the beginning of a text when it is the text before once more: models asked to go on like to start over.</summary>
internal sealed class RepeatFilter
{
    private readonly string _before;
    private readonly StringBuilder _held = new();
    private int _matched;
    private bool _open;

    public RepeatFilter(string before) => _before = before.Trim();

    /// <summary>What of the piece is new; while it may still be a repetition, nothing.</summary>
    public string Pass(string piece)
    {
        if (_open)
            return piece;
        for (int i = 0; i < piece.Length; i++)
        {
            char c = piece[i];
            if (_matched == _before.Length) // "open" is no repetition where the text goes on with "opening"
                return char.IsLetterOrDigit(c) ? Open(_held.ToString(), piece[i..]) : Open("", piece[i..]);
            _held.Append(c);
            if (_matched == 0 && char.IsWhiteSpace(c))
                continue;
            if (char.ToUpperInvariant(c) != char.ToUpperInvariant(_before[_matched]))
                return Open(_held.ToString(), piece[(i + 1)..]);
            _matched++;
        }
        return "";
    }

    /// <summary>The text is over: what was held after all.</summary>
    public string End() => _open || _matched == _before.Length ? "" : Open(_held.ToString(), "");

    private string Open(string held, string rest)
    {
        _open = true;
        return held + rest;
    }
}
