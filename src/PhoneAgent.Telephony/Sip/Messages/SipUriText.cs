using System.Buffers;
using System.Globalization;
using System.Text;

namespace PhoneAgent.Telephony.Sip.Messages;

/// <summary>Character classes and escapes of the SIP URI grammar (RFC 3261 §25.1, RFC 2396).</summary>
internal static class SipUriText
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()";
    // '#' must be escaped by the RFC, yet dial strings carry it bare; it is harmless here.
    private static readonly SearchValues<char> s_user = SearchValues.Create(Unreserved + "%&=+$,;?/#");
    private static readonly SearchValues<char> s_password = SearchValues.Create(Unreserved + "%&=+$,");
    private static readonly SearchValues<char> s_parameter = SearchValues.Create(Unreserved + "%[]/:&+$");
    private static readonly SearchValues<char> s_header = SearchValues.Create(Unreserved + "%[]/?:+$");
    private static readonly SearchValues<char> s_opaque = SearchValues.Create(Unreserved + "%;/?:@&=+$,#[]");
    private const string Reserved = ";/?:@&=+$,";

    public static bool IsUser(ReadOnlySpan<char> text) => IsMadeOf(text, s_user);
    public static bool IsPassword(ReadOnlySpan<char> text) => IsMadeOf(text, s_password);
    public static bool IsParameter(ReadOnlySpan<char> text) => IsMadeOf(text, s_parameter);
    public static bool IsHeader(ReadOnlySpan<char> text) => IsMadeOf(text, s_header);
    public static bool IsOpaque(ReadOnlySpan<char> text) => !text.IsEmpty && IsMadeOf(text, s_opaque);

    private static bool IsMadeOf(ReadOnlySpan<char> text, SearchValues<char> allowed)
    {
        if (text.ContainsAnyExcept(allowed))
            return false;
        for (int i = text.IndexOf('%'); i >= 0 && i < text.Length; i++)
            if (text[i] == '%' && (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2])))
                return false;
        return true;
    }

    /// <summary>All escapes replaced by what they stand for (UTF-8).</summary>
    public static string Decode(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
            return text;
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        int count = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && TryHex(text.AsSpan(i + 1, 2), out byte value))
            {
                bytes[count++] = value;
                i += 2;
            }
            else
            {
                count += Encoding.UTF8.GetBytes(text.AsSpan(i, 1), bytes.AsSpan(count));
            }
        }
        return Encoding.UTF8.GetString(bytes, 0, count);
    }

    /// <summary>The user part for any text: what the grammar does not allow is escaped.</summary>
    public static string EncodeUser(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(s_user) && !text.AsSpan().ContainsAny('%', '#'))
            return text;
        var encoded = new StringBuilder(text.Length + 8);
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            if (b < 0x80 && b != '%' && b != '#' && s_user.Contains((char)b))
                encoded.Append((char)b);
            else
                encoded.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }
        return encoded.ToString();
    }

    /// <summary>For comparison (§19.1.4): an escape equals its character unless that character is reserved.</summary>
    public static string Normalise(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
            return text;
        var normal = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && TryHex(text.AsSpan(i + 1, 2), out byte value))
            {
                if (value is > 0x20 and < 0x7F && value != '%' && !Reserved.Contains((char)value, StringComparison.Ordinal))
                    normal.Append((char)value);
                else
                    normal.Append('%').Append(value.ToString("X2", CultureInfo.InvariantCulture));
                i += 2;
            }
            else
            {
                normal.Append(text[i]);
            }
        }
        return normal.ToString();
    }

    private static bool TryHex(ReadOnlySpan<char> text, out byte value) =>
        byte.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
