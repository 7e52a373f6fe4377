using System.Text;

namespace PhoneAgent.Telephony.Sip.Messages;

/// <summary>Finds one part in a body that may be multipart/mixed, /alternative or /related (RFC 5621, RFC 2046 §5.1).</summary>
public static class SipMultipart
{
    private const int MaxParts = 16;

    /// <summary>
    /// The body itself when its type is <paramref name="contentType"/>, the first such part of a multipart body, or false.
    /// </summary>
    public static bool TryGetPart(SipMessage message, string contentType, out ReadOnlyMemory<byte> part)
    {
        part = default;
        if (message.ContentType is not { } type || message.Body.IsEmpty)
            return false;
        if (type.Is(contentType))
        {
            part = message.Body;
            return true;
        }
        return type.Value.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase)
            && type.Parameters.Get("boundary") is { Length: > 0 and <= 70 } boundary
            && TryFind(message.Body, Encoding.UTF8.GetBytes("--" + boundary), contentType, out part);
    }

    /// <summary>The session description of a message, as text; null when there is none.</summary>
    public static string? GetSdp(SipMessage message) =>
        TryGetPart(message, "application/sdp", out ReadOnlyMemory<byte> part) ? Encoding.UTF8.GetString(part.Span) : null;

    private static bool TryFind(ReadOnlyMemory<byte> body, byte[] delimiter, string contentType, out ReadOnlyMemory<byte> found)
    {
        found = default;
        int at = FindDelimiter(body.Span, delimiter, 0);
        for (int parts = 0; at >= 0 && parts < MaxParts; parts++)
        {
            int start = at + delimiter.Length;
            int next = FindDelimiter(body.Span, delimiter, start);
            if (next < 0)
                return false;
            ReadOnlyMemory<byte> part = body[start..next];
            if (IsPartOfType(part.Span, contentType, out int content))
            {
                // The line break in front of a delimiter belongs to the delimiter.
                ReadOnlySpan<byte> text = part.Span[content..];
                int length = text.EndsWith("\r\n"u8) ? text.Length - 2 : text.EndsWith("\n"u8) ? text.Length - 1 : text.Length;
                found = part.Slice(content, length);
                return true;
            }
            at = next;
        }
        return false;
    }

    private static int FindDelimiter(ReadOnlySpan<byte> body, ReadOnlySpan<byte> delimiter, int from)
    {
        while (from < body.Length)
        {
            int found = body[from..].IndexOf(delimiter);
            if (found < 0)
                return -1;
            from += found;
            if (from == 0 || body[from - 1] == '\n')
                return from;
            from += delimiter.Length;
        }
        return -1;
    }

    private static bool IsPartOfType(ReadOnlySpan<byte> part, string contentType, out int content)
    {
        content = 0;
        var reader = new SipHeadReader(part);
        var headers = new SipHeaders();
        if (!reader.TryReadLine(out _) || reader.ReadHeaders(headers) is { Fault: not SipFault.HeaderSyntax })
            return false;
        content = reader.Position;
        return SipValue.TryParse(headers.Get(SipHeaderNames.ContentType), out SipValue? type) && type.Is(contentType);
    }
}
