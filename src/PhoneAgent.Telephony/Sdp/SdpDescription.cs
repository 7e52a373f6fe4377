using System.Globalization;
using System.Text;

namespace PhoneAgent.Telephony.Sdp;

/// <summary>A session description (RFC 8866), as far as a call needs it. Immutable.</summary>
public sealed record SdpDescription
{
    /// <summary>Null when the peer left o= out or garbled it.</summary>
    public SdpOrigin? Origin { get; init; }

    public string SessionName { get; init; } = "-";

    /// <summary>The first t= line; an answer repeats that of the offer (RFC 3264 §6).</summary>
    public string Timing { get; init; } = "0 0";

    /// <summary>The session's c= line, for every m= without one of its own.</summary>
    public SdpConnection? Connection { get; init; }

    public IReadOnlyList<SdpAttribute> Attributes { get; init; } = [];

    public IReadOnlyList<SdpMedia> Media { get; init; } = [];

    /// <summary>Reads a body. Never throws; all lengths and counts are capped (<see cref="SdpLimits"/>).</summary>
    public static bool TryParse(ReadOnlySpan<byte> body, out SdpDescription? description, out SdpParseError error)
    {
        if (body.Length > SdpLimits.Length)
        {
            description = null;
            error = new SdpParseError(SdpErrorKind.TooLong, 0);
            return false;
        }
        return TryParse(Encoding.UTF8.GetString(body), out description, out error);
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out SdpDescription?, out SdpParseError)"/>
    public static bool TryParse(string text, out SdpDescription? description, out SdpParseError error) =>
        SdpParser.TryParse(text, out description, out error);

    /// <summary>What applies to a media section: its own c= or the session's.</summary>
    public SdpConnection? ConnectionOf(SdpMedia media) => media.Connection ?? Connection;

    /// <summary>What applies to a media section: its own direction, the session's, or sendrecv.</summary>
    public MediaDirection DirectionOf(SdpMedia media) =>
        SdpAttribute.DirectionIn(media.Attributes) ?? SdpAttribute.DirectionIn(Attributes) ?? MediaDirection.SendRecv;

    /// <summary>The wire form, with CRLF.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(512);
        text.Append("v=0\r\n");
        if (Origin is { } o)
            text.Append(CultureInfo.InvariantCulture, $"o={o.Username} {o.SessionId} {o.SessionVersion} IN {o.AddressType} {o.Address}\r\n");
        text.Append(CultureInfo.InvariantCulture, $"s={SessionName}\r\n");
        AppendConnection(text, Connection);
        text.Append(CultureInfo.InvariantCulture, $"t={Timing}\r\n");
        AppendAttributes(text, Attributes);
        foreach (var media in Media)
        {
            text.Append(CultureInfo.InvariantCulture, $"m={media.Kind} {media.Port}");
            if (media.PortCount != 1)
                text.Append(CultureInfo.InvariantCulture, $"/{media.PortCount}");
            text.Append(CultureInfo.InvariantCulture, $" {media.Protocol} {string.Join(' ', media.Formats)}\r\n");
            AppendConnection(text, media.Connection);
            AppendAttributes(text, media.Attributes);
        }
        return text.ToString();
    }

    private static void AppendConnection(StringBuilder text, SdpConnection? connection)
    {
        if (connection is not null)
            text.Append(CultureInfo.InvariantCulture, $"c=IN {connection.AddressType} {connection.Address}\r\n");
    }

    private static void AppendAttributes(StringBuilder text, IReadOnlyList<SdpAttribute> attributes)
    {
        foreach (var (name, value) in attributes)
            text.Append("a=").Append(name).Append(value is null ? "" : ":").Append(value).Append("\r\n");
    }
}

/// <summary>o= (RFC 8866 §5.2). Identifiers are kept as text: peers send more digits than any integer holds.</summary>
public sealed record SdpOrigin(string Username, string SessionId, string SessionVersion, string AddressType, string Address);

/// <summary>c= (RFC 8866 §5.7).</summary>
/// <param name="AddressType">IP4 or IP6.</param>
/// <param name="Address">An address or a host name, without TTL.</param>
public sealed record SdpConnection(string AddressType, string Address)
{
    /// <summary>0.0.0.0, :: or host .invalid: "send nothing to me", the old form of hold (RFC 3264 §8.4, RFC 6157).</summary>
    public bool IsUnspecified =>
        Address is "0.0.0.0" or "::" or "0:0:0:0:0:0:0:0" || Address.EndsWith(".invalid", StringComparison.OrdinalIgnoreCase);
}

/// <summary>a=name or a=name:value.</summary>
public sealed record SdpAttribute(string Name, string? Value = null)
{
    internal static SdpAttribute? Find(IReadOnlyList<SdpAttribute> attributes, string name)
    {
        foreach (var attribute in attributes)
            if (attribute.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return attribute;
        return null;
    }

    internal static MediaDirection? DirectionIn(IReadOnlyList<SdpAttribute> attributes)
    {
        foreach (var attribute in attributes)
        {
            if (attribute.Value is not null)
                continue;
            switch (attribute.Name)
            {
                case "sendrecv": return MediaDirection.SendRecv;
                case "sendonly": return MediaDirection.SendOnly;
                case "recvonly": return MediaDirection.RecvOnly;
                case "inactive": return MediaDirection.Inactive;
            }
        }
        return null;
    }

    internal static SdpAttribute Of(MediaDirection direction) => new(direction switch
    {
        MediaDirection.SendOnly => "sendonly",
        MediaDirection.RecvOnly => "recvonly",
        MediaDirection.Inactive => "inactive",
        _ => "sendrecv",
    });
}
