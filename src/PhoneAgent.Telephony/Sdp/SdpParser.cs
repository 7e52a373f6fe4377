using System.Globalization;

namespace PhoneAgent.Telephony.Sdp;

/// <summary>
/// RFC 8866 as telephones speak it: LF or CRLF, s=, t= or o= may be missing, unknown and reordered lines are passed
/// over. What decides where media goes (c=, m=) must be right.
/// </summary>
internal static class SdpParser
{
    public static bool TryParse(string text, out SdpDescription? description, out SdpParseError error)
    {
        description = null;
        error = default;
        if (text.Length > SdpLimits.Length)
            return Fail(SdpErrorKind.TooLong, 0, out error);

        var session = new Section();
        var sections = new List<Section>();
        var current = session;
        SdpOrigin? origin = null;
        string? name = null, timing = null;
        var seenVersion = false;
        var number = 0;
        foreach (var raw in text.AsSpan().EnumerateLines())
        {
            number++;
            var line = raw.TrimEnd(" \t\0");
            if (line.IsEmpty)
                continue;
            if (number > SdpLimits.Lines)
                return Fail(SdpErrorKind.TooManyLines, number, out error);
            if (line.Length < 2 || line[1] != '=')
                return Fail(SdpErrorKind.Line, number, out error);
            var value = line[2..];
            if (!seenVersion)
            {
                if (line[0] != 'v' || value.Trim() is not "0")
                    return Fail(SdpErrorKind.Version, number, out error);
                seenVersion = true;
                continue;
            }
            switch (line[0])
            {
                case 'o':
                    origin ??= ParseOrigin(value);
                    break;
                case 's':
                    name ??= value.ToString();
                    break;
                case 't':
                    timing ??= ParseTiming(value);
                    break;
                case 'c':
                    if (!TryParseConnection(value, out var connection))
                        return Fail(SdpErrorKind.Connection, number, out error);
                    current.Connection ??= connection;
                    break;
                case 'a':
                    if (current.Attributes.Count >= SdpLimits.Attributes)
                        return Fail(SdpErrorKind.TooManyAttributes, number, out error);
                    current.Attributes.Add(ParseAttribute(value));
                    break;
                case 'm':
                    if (sections.Count >= SdpLimits.Media)
                        return Fail(SdpErrorKind.TooManyMedia, number, out error);
                    var kind = TryParseMedia(value, out var section);
                    if (kind != SdpErrorKind.None)
                        return Fail(kind, number, out error);
                    sections.Add(current = section!);
                    break;
            }
        }
        if (!seenVersion)
            return Fail(SdpErrorKind.Empty, 0, out error);

        description = new SdpDescription
        {
            Origin = origin,
            SessionName = string.IsNullOrEmpty(name) ? "-" : name,
            Timing = timing ?? "0 0",
            Connection = session.Connection,
            Attributes = session.Attributes,
            Media = sections.ConvertAll(s => s.ToMedia()),
        };
        return true;
    }

    private static bool Fail(SdpErrorKind kind, int line, out SdpParseError error)
    {
        error = new SdpParseError(kind, line);
        return false;
    }

    private static SdpOrigin? ParseOrigin(ReadOnlySpan<char> value)
    {
        Span<Range> fields = stackalloc Range[7];
        var count = value.Split(fields, ' ', StringSplitOptions.RemoveEmptyEntries);
        return count < 6
            ? null
            : new SdpOrigin(value[fields[0]].ToString(), value[fields[1]].ToString(), value[fields[2]].ToString(),
                value[fields[4]].ToString(), value[fields[5]].ToString());
    }

    /// <summary>Only digits get through: the line is repeated in our answer.</summary>
    private static string? ParseTiming(ReadOnlySpan<char> value)
    {
        Span<Range> fields = stackalloc Range[3];
        return value.Split(fields, ' ', StringSplitOptions.RemoveEmptyEntries) == 2
               && ulong.TryParse(value[fields[0]], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
               && ulong.TryParse(value[fields[1]], NumberStyles.None, CultureInfo.InvariantCulture, out var stop)
            ? string.Create(CultureInfo.InvariantCulture, $"{start} {stop}")
            : null;
    }

    private static bool TryParseConnection(ReadOnlySpan<char> value, out SdpConnection? connection)
    {
        connection = null;
        Span<Range> fields = stackalloc Range[4];
        if (value.Split(fields, ' ', StringSplitOptions.RemoveEmptyEntries) < 3 || value[fields[0]] is not "IN")
            return false;
        var type = value[fields[1]];
        if (type is not ("IP4" or "IP6"))
            return false;
        var address = value[fields[2]];
        var slash = address.IndexOf('/');
        if (slash >= 0)
            address = address[..slash];
        if (address.IsEmpty || address.Length > 255)
            return false;
        connection = new SdpConnection(type.ToString(), address.ToString());
        return true;
    }

    private static SdpAttribute ParseAttribute(ReadOnlySpan<char> value)
    {
        var colon = value.IndexOf(':');
        return colon < 0
            ? new SdpAttribute(value.ToString())
            : new SdpAttribute(value[..colon].ToString(), value[(colon + 1)..].ToString());
    }

    private static SdpErrorKind TryParseMedia(ReadOnlySpan<char> value, out Section? section)
    {
        section = null;
        Span<Range> fields = stackalloc Range[SdpLimits.Formats + 4];
        var count = value.Split(fields, ' ', StringSplitOptions.RemoveEmptyEntries);
        if (count > SdpLimits.Formats + 3)
            return SdpErrorKind.TooManyFormats;
        if (count < 4)
            return SdpErrorKind.Media;
        var port = value[fields[1]];
        var portCount = 1;
        var slash = port.IndexOf('/');
        if (slash >= 0)
        {
            if (!int.TryParse(port[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out portCount) || portCount is < 1 or > 65535)
                return SdpErrorKind.Media;
            port = port[..slash];
        }
        if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var portNumber) || portNumber > 65535)
            return SdpErrorKind.Media;
        var formats = new string[count - 3];
        for (var i = 0; i < formats.Length; i++)
            formats[i] = value[fields[i + 3]].ToString();
        section = new Section
        {
            Kind = value[fields[0]].ToString(),
            Port = portNumber,
            PortCount = portCount,
            Protocol = value[fields[2]].ToString(),
            Formats = formats,
        };
        return SdpErrorKind.None;
    }

    /// <summary>A section being read: the session's, or one m= line's.</summary>
    private sealed class Section
    {
        public string Kind = "";
        public int Port;
        public int PortCount = 1;
        public string Protocol = "";
        public string[] Formats = [];
        public SdpConnection? Connection;
        public readonly List<SdpAttribute> Attributes = [];

        public SdpMedia ToMedia() => new()
        {
            Kind = Kind,
            Port = Port,
            PortCount = PortCount,
            Protocol = Protocol,
            Formats = Formats,
            Connection = Connection,
            Attributes = Attributes,
        };
    }
}
