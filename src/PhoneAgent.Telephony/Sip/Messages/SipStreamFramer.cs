using System.Text;

namespace PhoneAgent.Telephony.Sip.Messages;

public enum SipFrameResult
{
    /// <summary>The next frame is not complete yet: read more.</summary>
    NeedMore,
    Message,
    /// <summary>CRLFCRLF: the peer asks whether we live; answer with CRLF (RFC 5626 §3.5.1).</summary>
    Ping,
    /// <summary>A single CRLF: the answer to our ping, or a line break between messages.</summary>
    Pong,
    /// <summary>The stream cannot be cut into messages any more: answer and close.</summary>
    Broken,
}

/// <summary>
/// Cuts a byte stream into messages by Content-Length, which a stream must carry (RFC 3261 §18.3, §20.14). Without state:
/// the connection owns the buffer, calls this until it needs more, and drops the consumed bytes each time.
/// </summary>
public static class SipStreamFramer
{
    /// <param name="buffer">All that was received and not consumed.</param>
    /// <param name="consumed">How many bytes the result took.</param>
    /// <param name="frame">The message of <see cref="SipFrameResult.Message"/>; of Broken, what a refusal may be made from.</param>
    public static SipFrameResult TryReadFrame(ReadOnlySpan<byte> buffer, out int consumed, out ReadOnlySpan<byte> frame)
    {
        consumed = 0;
        frame = default;
        if (buffer.IsEmpty)
            return SipFrameResult.NeedMore;
        if (buffer[0] is (byte)'\r' or (byte)'\n')
            return ReadKeepAlive(buffer, out consumed);
        int head = FindHeadEnd(buffer);
        if (head < 0)
        {
            frame = buffer;
            return buffer.Length > SipLimits.MaxHeadBytes ? SipFrameResult.Broken : SipFrameResult.NeedMore;
        }
        if (!TryReadContentLength(buffer[..head], out int length) || head + length > SipLimits.MaxMessageBytes)
        {
            frame = buffer[..head];
            return SipFrameResult.Broken;
        }
        if (buffer.Length < head + length)
            return SipFrameResult.NeedMore;
        consumed = head + length;
        frame = buffer[..consumed];
        return SipFrameResult.Message;
    }

    private static SipFrameResult ReadKeepAlive(ReadOnlySpan<byte> buffer, out int consumed)
    {
        consumed = 0;
        if (buffer.StartsWith("\r\n\r\n"u8))
        {
            consumed = 4;
            return SipFrameResult.Ping;
        }
        // The second half of a ping may still be on its way; a pong is only sure once something else follows, so a lone
        // CRLF counts as one at once and the late half of a split ping as another, which harms nobody.
        if (buffer.Length >= 2 && buffer.StartsWith("\r\n"u8) && (buffer.Length == 2 || buffer[2] != '\r'))
            consumed = 2;
        else if (buffer[0] == '\n' || (buffer.Length >= 2 && buffer[1] != '\n'))
            consumed = 1;
        else if (buffer.Length >= 4)
            consumed = 2;
        return consumed == 0 ? SipFrameResult.NeedMore : SipFrameResult.Pong;
    }

    /// <summary>Index behind the empty line, or -1.</summary>
    private static int FindHeadEnd(ReadOnlySpan<byte> buffer)
    {
        ReadOnlySpan<byte> scanned = buffer[..Math.Min(buffer.Length, SipLimits.MaxHeadBytes + 4)];
        int from = 0;
        while (true)
        {
            int lineFeed = scanned[from..].IndexOf((byte)'\n');
            if (lineFeed < 0)
                return -1;
            from += lineFeed + 1;
            ReadOnlySpan<byte> rest = scanned[from..];
            if (rest.StartsWith("\r\n"u8))
                return from + 2;
            if (rest.StartsWith("\n"u8))
                return from + 1;
        }
    }

    /// <summary>False when absent, repeated, or no number: then nobody knows where the next message begins.</summary>
    /// <remarks>Allocates nothing: a peer that sends byte by byte makes this run for each.</remarks>
    private static bool TryReadContentLength(ReadOnlySpan<byte> head, out int length)
    {
        length = -1;
        var reader = new SipHeadReader(head);
        bool expectsFold = false;
        while (reader.TryReadLine(out ReadOnlySpan<byte> line) && !line.IsEmpty)
        {
            ReadOnlySpan<byte> value;
            if (line[0] is (byte)' ' or (byte)'\t')
            {
                if (!expectsFold)
                    continue;
                value = line.Trim(" \t"u8);
            }
            else
            {
                int colon = line.IndexOf((byte)':');
                if (colon < 0 || !IsContentLength(line[..colon].TrimEnd(" \t"u8)))
                    continue;
                if (length >= 0)
                    return false;
                value = line[(colon + 1)..].Trim(" \t"u8);
                expectsFold = value.IsEmpty;
                if (expectsFold)
                    continue;
            }
            expectsFold = false;
            if (value.ContainsAnyExceptInRange((byte)'0', (byte)'9')
                || !System.Buffers.Text.Utf8Parser.TryParse(value, out length, out _) || length > SipLimits.MaxMessageBytes)
                return false;
        }
        return length >= 0;
    }

    private static bool IsContentLength(ReadOnlySpan<byte> name) =>
        Ascii.EqualsIgnoreCase(name, "content-length"u8) || Ascii.EqualsIgnoreCase(name, "l"u8);
}
