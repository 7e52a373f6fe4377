using System.Text;

namespace PhoneAgent.Telephony.Sip.Messages;

/// <summary>Lines and headers of a message head: CRLF (a bare LF passes), folded lines, names, caps.</summary>
internal ref struct SipHeadReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Where the next line begins; the body, once <see cref="ReadHeaders"/> has succeeded.</summary>
    public int Position { get; private set; }

    /// <summary>False when no line break is left within the cap.</summary>
    public bool TryReadLine(out ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> rest = _bytes[Position..];
        int end = rest.IndexOf((byte)'\n');
        if (end < 0 || Position + end > SipLimits.MaxHeadBytes)
        {
            line = default;
            return false;
        }
        Position += end + 1;
        line = rest[..end];
        if (line.EndsWith("\r"u8))
            line = line[..^1];
        return true;
    }

    /// <summary>Reads to the empty line. After a fault it goes on with the next header, and returns the first fault.</summary>
    public SipParser.Problem? ReadHeaders(SipHeaders headers)
    {
        SipParser.Problem? problem = null;
        while (true)
        {
            int start = Position;
            if (!TryReadLine(out ReadOnlySpan<byte> line))
                return problem ?? new(SipFault.Incomplete, "Header not ended by an empty line");
            if (line.IsEmpty)
                return problem;
            int end = start + line.Length;
            while (Position < _bytes.Length && _bytes[Position] is (byte)' ' or (byte)'\t')
            {
                int foldStart = Position;
                if (!TryReadLine(out line))
                    return problem ?? new(SipFault.Incomplete, "Header not ended by an empty line");
                end = foldStart + line.Length;
            }
            if (headers.Count >= SipLimits.MaxHeaders)
                return problem ?? new(SipFault.TooLarge, "Too many headers", 513);
            SipParser.Problem? fault = end - start > SipLimits.MaxHeaderBytes
                ? new(SipFault.TooLarge, "Header too long", 513)
                : ReadOne(_bytes[start..end], headers);
            problem ??= fault;
        }
    }

    private static SipParser.Problem? ReadOne(ReadOnlySpan<byte> bytes, SipHeaders headers)
    {
        int colon = bytes.IndexOf((byte)':');
        if (colon <= 0 || colon > 256)
            return new(SipFault.HeaderSyntax, "Header without a colon");
        Span<char> nameBuffer = stackalloc char[256];
        int length = Encoding.Latin1.GetChars(bytes[..colon], nameBuffer);
        ReadOnlySpan<char> name = SipText.Trim(nameBuffer[..length]);
        if (!SipText.IsToken(name))
            return new(SipFault.HeaderSyntax, "Bad header name");
        headers.AddParsed(SipHeaderNames.Canonical(name), Unfold(bytes[(colon + 1)..]));
        return null;
    }

    /// <summary>A fold, with the white space around it, is one space (§7.3.1). A stray CR or LF becomes one too.</summary>
    private static string Unfold(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes.Trim(" \t\r\n"u8);
        if (!bytes.ContainsAny((byte)'\r', (byte)'\n'))
            return Encoding.UTF8.GetString(bytes);
        Span<byte> unfolded = new byte[bytes.Length];
        int count = 0;
        bool folding = false;
        for (int i = 0; i < bytes.Length; i++)
        {
            byte b = bytes[i];
            if (b is (byte)'\r' or (byte)'\n')
            {
                while (count > 0 && unfolded[count - 1] is (byte)' ' or (byte)'\t')
                    count--;
                folding = true;
            }
            else if (!folding || b is not ((byte)' ' or (byte)'\t'))
            {
                if (folding)
                    unfolded[count++] = (byte)' ';
                folding = false;
                unfolded[count++] = b;
            }
        }
        return Encoding.UTF8.GetString(unfolded[..count]);
    }
}
