using System.Diagnostics.CodeAnalysis;

namespace PhoneAgent.Telephony.Sip.Messages;

/// <summary>What must hold of every message before anyone looks at it (RFC 3261 §8.1.1, §7.3.1, §18.3).</summary>
internal static class SipMessageRules
{
    private static readonly string[] s_single =
    [
        SipHeaderNames.From, SipHeaderNames.To, SipHeaderNames.CallId, SipHeaderNames.CSeq, SipHeaderNames.MaxForwards,
        SipHeaderNames.ContentLength, SipHeaderNames.ContentType, SipHeaderNames.Expires,
        SipHeaderNames.SessionExpires, SipHeaderNames.ReferTo, SipHeaderNames.Replaces, SipHeaderNames.Event,
        SipHeaderNames.RSeq, SipHeaderNames.RAck, SipHeaderNames.SubscriptionState,
    ];

    public static SipParser.Problem? Check(SipStartLine start, SipHeaders headers)
    {
        foreach (string name in s_single)
            if (headers.CountOf(name) > 1)
                return new(SipFault.RepeatedHeader, $"Repeated {name}");
        return CheckVias(headers)
            ?? CheckAddress(headers, SipHeaderNames.From)
            ?? CheckAddress(headers, SipHeaderNames.To)
            ?? CheckCallId(headers)
            ?? CheckCSeq(start, headers)
            ?? CheckMaxForwards(headers)
            ?? CheckAddressList(headers, SipHeaderNames.Contact)
            ?? CheckAddressList(headers, SipHeaderNames.Route)
            ?? CheckAddressList(headers, SipHeaderNames.RecordRoute);
    }

    /// <summary>Cuts the body to Content-Length; a datagram with fewer bytes than promised is refused (§18.3).</summary>
    public static SipParser.Problem? CutBody(SipHeaders headers, ref ReadOnlySpan<byte> body)
    {
        if (headers.Get(SipHeaderNames.ContentLength) is not { } text)
            return null;
        if (!SipText.TryParseUInt32(SipText.Trim(text), out uint length) || length > SipLimits.MaxMessageBytes)
            return new(SipFault.ContentLength, "Bad Content-Length");
        if (length > body.Length)
            return new(SipFault.ContentLength, "Body shorter than Content-Length");
        body = body[..(int)length];
        return null;
    }

    public static bool TryReadTopVia(SipHeaders headers, [NotNullWhen(true)] out SipVia? via)
    {
        via = null;
        if (headers.Get(SipHeaderNames.Via) is not { } line)
            return false;
        int comma = SipText.IndexOfOutsideQuotes(line, ',', skipAngles: true);
        if (comma >= 0 && SipVia.TryParse(line.AsSpan(0, comma), out via))
            return true;
        // Its parameters are broken; sent-by alone is enough to bring a refusal back.
        int semicolon = line.IndexOf(';', StringComparison.Ordinal);
        return semicolon > 0 && SipVia.TryParse(line.AsSpan(0, semicolon), out via);
    }

    private static SipParser.Problem? CheckVias(SipHeaders headers)
    {
        List<string> values = [];
        foreach (string line in headers.GetAll(SipHeaderNames.Via))
            if (!SipHeaders.SplitList(line, values))
                return new(SipFault.HeaderSyntax, "Bad Via");
        if (values.Count == 0)
            return new(SipFault.MissingHeader, "Missing Via");
        // Empty elements are passed over in lists, but not in front: the topmost Via is where answers go (§18.2.2).
        if (SipText.Trim(headers.Get(SipHeaderNames.Via)) is [] or [',', ..])
            return new(SipFault.HeaderSyntax, "Bad Via");
        if (values.Count > SipLimits.MaxVias)
            return new(SipFault.TooLarge, "Too many Vias", 513);
        foreach (string value in values)
        {
            if (!SipVia.TryParse(value, out SipVia? via))
                return new(SipFault.HeaderSyntax, "Bad Via");
            if (via.Version != "2.0")
                return new(SipFault.Version, "Version not supported", 505);
        }
        return null;
    }

    private static SipParser.Problem? CheckAddress(SipHeaders headers, string name)
    {
        if (headers.Get(name) is not { } text)
            return new(SipFault.MissingHeader, $"Missing {name}");
        return SipNameAddress.TryParse(text, out _) ? null : new(SipFault.HeaderSyntax, $"Bad {name}");
    }

    private static SipParser.Problem? CheckCallId(SipHeaders headers) => headers.Get(SipHeaderNames.CallId) switch
    {
        null => new(SipFault.MissingHeader, "Missing Call-ID"),
        "" => new(SipFault.HeaderSyntax, "Bad Call-ID"),
        var id when id.AsSpan().ContainsAny(' ', '\t') => new(SipFault.HeaderSyntax, "Bad Call-ID"),
        _ => null,
    };

    private static SipParser.Problem? CheckCSeq(SipStartLine start, SipHeaders headers)
    {
        if (headers.Get(SipHeaderNames.CSeq) is not { } text)
            return new(SipFault.MissingHeader, "Missing CSeq");
        if (!SipCSeq.TryParse(text, out SipCSeq? cseq))
            return new(SipFault.HeaderSyntax, "Bad CSeq");
        return start.Method is { } method && method != cseq.Method
            ? new(SipFault.MethodMismatch, "CSeq method does not match")
            : null;
    }

    /// <summary>Absent is fine: RFC 2543 had none. Numbers above 255 are out of range (§20.22).</summary>
    private static SipParser.Problem? CheckMaxForwards(SipHeaders headers)
    {
        if (headers.Get(SipHeaderNames.MaxForwards) is not { } text)
            return null;
        return SipText.TryParseUInt32(SipText.Trim(text), out uint hops) && hops <= 255
            ? null
            : new(SipFault.HeaderSyntax, "Bad Max-Forwards");
    }

    private static SipParser.Problem? CheckAddressList(SipHeaders headers, string name)
    {
        if (!headers.Contains(name))
            return null;
        List<string> values = [];
        foreach (string line in headers.GetAll(name))
            if (!SipHeaders.SplitList(line, values))
                return new(SipFault.HeaderSyntax, $"Bad {name}");
        if (name == SipHeaderNames.Contact && values is ["*"])
            return null;
        foreach (string value in values)
            if (!SipNameAddress.TryParse(value, out _))
                return new(SipFault.HeaderSyntax, $"Bad {name}");
        return null;
    }
}
