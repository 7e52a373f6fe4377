using System.Buffers;
using System.Text;

namespace PhoneAgent.Conversation.Dialogue.Knowledge;

/// <summary>Takes the signs of Markdown out of a line: what is read aloud has no asterisks.</summary>
internal static class MarkdownText
{
    private static readonly SearchValues<char> Signs = SearchValues.Create("*_`[<\\");

    public static string Plain(string text)
    {
        if (text.AsSpan().IndexOfAny(Signs) < 0)
            return text;
        var plain = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\\' && i + 1 < text.Length && char.IsPunctuation(text[i + 1]))
                plain.Append(text[++i]);
            else if (c == '[' && TryLink(text, i, out string? words, out int end))
            {
                plain.Append(words);
                i = end;
            }
            else if (c is not ('*' or '`') && !(c == '_' && IsEdge(text, i)) && !(c == '<' && TryTag(text, ref i)))
                plain.Append(c);
        }
        return plain.ToString();
    }

    // snake_case keeps its signs, _emphasis_ does not.
    private static bool IsEdge(string text, int at) =>
        at == 0 || at == text.Length - 1 || !char.IsLetterOrDigit(text[at - 1]) || !char.IsLetterOrDigit(text[at + 1]);

    private static bool TryLink(string text, int at, out string? words, out int end)
    {
        int close = text.IndexOf("](", at, StringComparison.Ordinal);
        end = close < 0 ? -1 : text.IndexOf(')', close);
        words = end < 0 ? null : text[(at + 1)..close];
        return words is not null && !words.Contains('[', StringComparison.Ordinal);
    }

    // <br>, <b>; "less than 5 < 6" stays, as do <mailto:…> addresses without their brackets.
    private static bool TryTag(string text, ref int at)
    {
        int close = text.IndexOf('>', at);
        if (close < 0 || at + 1 >= text.Length || !(char.IsAsciiLetter(text[at + 1]) || text[at + 1] == '/'))
            return false;
        if (text.AsSpan(at, close - at).IndexOfAny('@', ':') < 0)
            at = close;
        return true;
    }
}
