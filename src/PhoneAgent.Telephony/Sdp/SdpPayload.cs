using System.Globalization;

namespace PhoneAgent.Telephony.Sdp;

/// <summary>An RTP payload type and what it stands for (a=rtpmap, a=fmtp; RFC 3551 §6 for static numbers).</summary>
/// <param name="PayloadType">0–127.</param>
/// <param name="Encoding">PCMU, telephone-event, CN …; compared without case.</param>
/// <param name="ClockRate">Hz of the RTP timestamp.</param>
/// <param name="Fmtp">Parameters as they stand behind the payload type; null when there are none.</param>
public sealed record SdpPayload(int PayloadType, string Encoding, int ClockRate, int Channels = 1, string? Fmtp = null)
{
    public bool Is(string encoding, int clockRate, int channels = 1) =>
        ClockRate == clockRate && Channels == channels && Encoding.Equals(encoding, StringComparison.OrdinalIgnoreCase);

    public bool IsTelephoneEvent => Encoding.Equals("telephone-event", StringComparison.OrdinalIgnoreCase);

    public bool IsComfortNoise => Encoding.Equals("CN", StringComparison.OrdinalIgnoreCase);

    internal string RtpMap => string.Create(CultureInfo.InvariantCulture, $"{PayloadType} {Encoding}/{ClockRate}{(Channels == 1 ? "" : $"/{Channels}")}");

    internal static bool TryFind(int type, IReadOnlyList<SdpAttribute> attributes, out SdpPayload? payload)
    {
        payload = null;
        string? fmtp = null;
        foreach (var (name, value) in attributes)
        {
            if (value is null || !TryTakeType(value, type, out var rest))
                continue;
            if (payload is null && name.Equals("rtpmap", StringComparison.OrdinalIgnoreCase))
                payload = ParseRtpMap(type, rest);
            else if (fmtp is null && name.Equals("fmtp", StringComparison.OrdinalIgnoreCase))
                fmtp = rest.ToString();
        }
        payload ??= StaticPayload(type);
        if (payload is not null && fmtp is not null)
            payload = payload with { Fmtp = fmtp };
        return payload is not null;
    }

    private static bool TryTakeType(string value, int type, out ReadOnlySpan<char> rest)
    {
        rest = default;
        var span = value.AsSpan().Trim();
        var space = span.IndexOf(' ');
        if (space < 0 || !int.TryParse(span[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number != type)
            return false;
        rest = span[(space + 1)..].Trim();
        return true;
    }

    private static SdpPayload? ParseRtpMap(int type, ReadOnlySpan<char> map)
    {
        var slash = map.IndexOf('/');
        if (slash <= 0)
            return null;
        var encoding = map[..slash];
        map = map[(slash + 1)..];
        var channels = 1;
        slash = map.IndexOf('/');
        if (slash >= 0)
        {
            if (!int.TryParse(map[(slash + 1)..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out channels) || channels is < 1 or > 255)
                return null;
            map = map[..slash];
        }
        return int.TryParse(map.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var rate) && rate > 0
            ? new SdpPayload(type, encoding.ToString(), rate, channels)
            : null;
    }

    private static SdpPayload? StaticPayload(int type) => type switch
    {
        0 => new SdpPayload(0, "PCMU", 8000),
        3 => new SdpPayload(3, "GSM", 8000),
        4 => new SdpPayload(4, "G723", 8000),
        8 => new SdpPayload(8, "PCMA", 8000),
        9 => new SdpPayload(9, "G722", 8000),
        13 => new SdpPayload(13, "CN", 8000),
        18 => new SdpPayload(18, "G729", 8000),
        _ => null,
    };
}
