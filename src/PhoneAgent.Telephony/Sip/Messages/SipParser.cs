using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace PhoneAgent.Telephony.Sip.Messages;

/// <summary>
/// Bytes to messages (RFC 3261 §7, §25; RFC 4475 as the yardstick). Never throws. Every length and count is capped by
/// <see cref="SipLimits"/>. Thread-safe: there is no state.
/// </summary>
public static class SipParser
{
    /// <summary>
    /// Reads one message out of one datagram, or out of one frame of <see cref="SipStreamFramer"/>. Bytes beyond
    /// Content-Length are ignored (§18.3); without Content-Length the body goes to the end.
    /// </summary>
    public static bool TryParse(
        ReadOnlySpan<byte> datagram,
        [NotNullWhen(true)] out SipMessage? message,
        [NotNullWhen(false)] out SipParseError? error)
    {
        message = null;
        error = null;
        // A robust receiver skips line breaks in front of the start line (§7.5).
        datagram = datagram.TrimStart("\r\n"u8);
        if (datagram.IsEmpty)
        {
            error = new SipParseError(SipFault.KeepAlive, "Keep-alive", 0, null);
            return false;
        }
        if (datagram.Length > SipLimits.MaxMessageBytes)
        {
            error = new SipParseError(SipFault.TooLarge, "Message too large", 513, null);
            return false;
        }
        var head = new SipHeadReader(datagram);
        if (!head.TryReadLine(out ReadOnlySpan<byte> line))
        {
            error = new SipParseError(SipFault.Incomplete, "No line break after the start line", 400, null);
            return false;
        }
        SipStartLine start = SipStartLine.Parse(line);
        var headers = new SipHeaders();
        Problem? problem = start.Problem ?? null;
        // Headers are read even when the start line is bad: a refusal has to find its way back.
        Problem? headerProblem = head.ReadHeaders(headers);
        problem ??= headerProblem;
        problem ??= SipMessageRules.Check(start, headers);
        ReadOnlySpan<byte> body = datagram[head.Position..];
        problem ??= SipMessageRules.CutBody(headers, ref body);
        if (problem is { } found)
        {
            error = new SipParseError(found.Fault, found.Detail, found.StatusCode, Answerable(start, headers));
            return false;
        }
        message = start.Method is { } method
            ? new SipRequest(method, start.RequestUri!, headers)
            : new SipResponse(start.StatusCode, start.Reason, headers);
        message.Body = body.ToArray();
        return true;
    }

    private static SipRequest? Answerable(SipStartLine start, SipHeaders headers)
    {
        if (start.Method is not { } method || method == SipMethods.Ack
            || !headers.Contains(SipHeaderNames.From) || !headers.Contains(SipHeaderNames.To)
            || !headers.Contains(SipHeaderNames.CallId) || !headers.Contains(SipHeaderNames.CSeq)
            || !SipMessageRules.TryReadTopVia(headers, out _))
            return null;
        return new SipRequest(method, start.RequestUri ?? new SipUri("sip", null, "invalid.invalid"), headers);
    }

    internal readonly record struct Problem(SipFault Fault, string Detail, int StatusCode = 400);
}
