using System.Text;

namespace PhoneAgent.Telephony.Sip.Messages;

/// <summary>Request-Line or Status-Line (RFC 3261 §7.1, §7.2): single spaces, nothing before or after.</summary>
internal readonly record struct SipStartLine
{
    /// <summary>Null for a response, and for a line that is neither.</summary>
    public string? Method { get; private init; }
    public SipUri? RequestUri { get; private init; }
    public int StatusCode { get; private init; }
    public string? Reason { get; private init; }
    public SipParser.Problem? Problem { get; private init; }

    public static SipStartLine Parse(ReadOnlySpan<byte> line)
    {
        string text = Encoding.UTF8.GetString(line);
        return text.StartsWith("SIP/", StringComparison.OrdinalIgnoreCase) ? ParseStatus(text) : ParseRequest(text);
    }

    private static SipStartLine ParseStatus(ReadOnlySpan<char> text)
    {
        int first = text.IndexOf(' ');
        ReadOnlySpan<char> version = first < 0 ? text : text[..first];
        if (!version.Equals("SIP/2.0", StringComparison.OrdinalIgnoreCase))
            return new() { Problem = new(SipFault.Version, "Version not supported", 505) };
        ReadOnlySpan<char> rest = text[(first + 1)..];
        int second = rest.IndexOf(' ');
        // The space after the code is mandatory even with an empty phrase; some leave it out.
        ReadOnlySpan<char> code = second < 0 ? rest : rest[..second];
        if (first < 0 || code.Length != 3 || !SipText.TryParseUInt32(code, out uint status) || status is < 100 or > 699)
            return new() { Problem = new(SipFault.StartLine, "Bad status line") };
        return new() { StatusCode = (int)status, Reason = second < 0 ? "" : rest[(second + 1)..].ToString() };
    }

    private static SipStartLine ParseRequest(ReadOnlySpan<char> text)
    {
        int first = text.IndexOf(' ');
        int last = text.LastIndexOf(' ');
        if (first <= 0 || !SipText.IsToken(text[..first]))
            return new() { Problem = new(SipFault.StartLine, "Bad request line") };
        var line = new SipStartLine { Method = SipMethods.Intern(text[..first]) };
        ReadOnlySpan<char> version = text[(last + 1)..];
        if (last == first || !version.StartsWith("SIP/", StringComparison.OrdinalIgnoreCase))
            return line with { Problem = new(SipFault.StartLine, "Bad request line") };
        if (!version.Equals("SIP/2.0", StringComparison.OrdinalIgnoreCase))
            return line with { Problem = new(SipFault.Version, "Version not supported", 505) };
        if (!SipUri.TryParse(text[(first + 1)..last], out SipUri? uri))
            return line with { Problem = new(SipFault.StartLine, "Bad Request-URI") };
        line = line with { RequestUri = uri };
        if (!uri.IsSip && !uri.IsTel)
            return line with { Problem = new(SipFault.UriScheme, "Unsupported URI scheme", 416) };
        // "?" headers belong into no Request-URI (§19.1.1, table 1).
        return uri.HeadersText is null ? line : line with { Problem = new(SipFault.StartLine, "Headers in Request-URI") };
    }
}
