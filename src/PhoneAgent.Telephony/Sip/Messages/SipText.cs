using System.Buffers;
using System.Globalization;
using System.Text;

namespace PhoneAgent.Telephony.Sip.Messages;

/// <summary>The lexical rules of RFC 3261 §25.1 that all header parsers share. Nothing here throws.</summary>
internal static class SipText
{
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static readonly SearchValues<char> s_token = SearchValues.Create(Alphanumeric + "-.!%*_+`'~");

    public static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(s_token);

    /// <summary>Linear white space without the folds, which the message parser has already turned into spaces.</summary>
    public static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text) => text.Trim(" \t");

    /// <summary>
    /// Index of the first of <paramref name="separator"/> outside quoted strings and, where asked, angle brackets;
    /// the length when there is none; -1 when a quote or bracket is left open.
    /// </summary>
    public static int IndexOfOutsideQuotes(ReadOnlySpan<char> text, char separator, bool skipAngles)
    {
        bool quoted = false, angle = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (quoted)
            {
                if (c == '\\') i++;
                else if (c == '"') quoted = false;
            }
            else if (c == '"' && !angle) quoted = true;
            else if (angle) angle = c != '>';
            else if (c == '<' && skipAngles) angle = true;
            else if (c == separator) return i;
        }
        return quoted || angle ? -1 : text.Length;
    }

    /// <summary>The whole text is one quoted string, closed by its last character.</summary>
    public static bool IsQuotedString(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text[0] != '"')
            return false;
        for (int i = 1; i < text.Length; i++)
        {
            if (text[i] == '\\') i++;
            else if (text[i] == '"') return i == text.Length - 1;
        }
        return false;
    }

    /// <summary>Removes the quotes and backslashes of a quoted string; other text comes back as it is.</summary>
    public static string Unquote(ReadOnlySpan<char> text)
    {
        if (text.Length < 2 || text[0] != '"' || text[^1] != '"')
            return text.ToString();
        text = text[1..^1];
        if (!text.Contains('\\'))
            return text.ToString();
        var plain = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
                i++;
            plain.Append(text[i]);
        }
        return plain.ToString();
    }

    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (char c in text)
        {
            if (c is '"' or '\\')
                quoted.Append('\\');
            quoted.Append(c is '\r' or '\n' ? ' ' : c);
        }
        return quoted.Append('"').ToString();
    }

    /// <summary>Decimal digits only: no sign, no white space, no overflow.</summary>
    public static bool TryParseUInt32(ReadOnlySpan<char> text, out uint value) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    public static bool TryParsePort(ReadOnlySpan<char> text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535;

    /// <summary>host [":" port] with an IPv6 reference in brackets (RFC 3261 hostport). The host keeps its brackets.</summary>
    public static bool TryParseHostPort(ReadOnlySpan<char> text, out string host, out int? port)
    {
        host = "";
        port = null;
        int colon;
        if (text.StartsWith("["))
        {
            int close = text.IndexOf(']');
            if (close < 0 || !System.Net.IPAddress.TryParse(text[1..close], out _) || text[1..close].Contains('%'))
                return false;
            colon = close + 1;
            if (colon < text.Length && Trim(text[colon..])[0] != ':')
                return false;
            if (colon < text.Length)
                colon += text[colon..].IndexOf(':');
        }
        else
        {
            colon = text.IndexOf(':');
            if (colon < 0)
                colon = text.Length;
            if (!IsHostName(Trim(text[..colon])))
                return false;
        }
        if (colon < text.Length)
        {
            if (!TryParsePort(Trim(text[(colon + 1)..]), out int parsed))
                return false;
            port = parsed;
        }
        host = Trim(text[..colon]).ToString();
        return true;
    }

    /// <summary>Underscores are not host name characters, but private networks use them.</summary>
    public static bool IsHostName(ReadOnlySpan<char> host)
    {
        foreach (char c in host)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_'))
                return false;
        return host.Length is > 0 and <= 255;
    }
}
