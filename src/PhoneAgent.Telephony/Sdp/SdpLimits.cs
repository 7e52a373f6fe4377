namespace PhoneAgent.Telephony.Sdp;

/// <summary>How much a description from outside may hold. Browsers send 10 KiB; nobody honest sends more than these.</summary>
public static class SdpLimits
{
    /// <summary>Characters (or bytes) of a body.</summary>
    public const int Length = 64 * 1024;
    public const int Lines = 2_000;
    public const int Media = 32;
    /// <summary>Attributes of the session, and of each media section.</summary>
    public const int Attributes = 512;
    /// <summary>Formats of one m= line.</summary>
    public const int Formats = 128;
}

public enum SdpErrorKind
{
    None,
    Empty,
    TooLong,
    TooManyLines,
    TooManyMedia,
    TooManyAttributes,
    TooManyFormats,
    /// <summary>The body does not begin with v=0.</summary>
    Version,
    /// <summary>Not of the form x=value.</summary>
    Line,
    Connection,
    Media,
}

/// <param name="Line">From 1; 0 for the body as a whole.</param>
public readonly record struct SdpParseError(SdpErrorKind Kind, int Line)
{
    public override string ToString()
    {
        var what = Kind switch
        {
            SdpErrorKind.None => "no error",
            SdpErrorKind.Empty => "the body is empty",
            SdpErrorKind.TooLong => $"the body is longer than {SdpLimits.Length} bytes",
            SdpErrorKind.TooManyLines => $"more than {SdpLimits.Lines} lines",
            SdpErrorKind.TooManyMedia => $"more than {SdpLimits.Media} m= lines",
            SdpErrorKind.TooManyAttributes => $"more than {SdpLimits.Attributes} attributes in one section",
            SdpErrorKind.TooManyFormats => $"more than {SdpLimits.Formats} formats in one m= line",
            SdpErrorKind.Version => "the description does not begin with v=0",
            SdpErrorKind.Line => "not a line of the form x=value",
            SdpErrorKind.Connection => "c= is not 'IN IP4|IP6 address'",
            _ => "m= is not 'media port protocol format…'",
        };
        return Line > 0 ? $"SDP line {Line}: {what}" : $"SDP: {what}";
    }
}
