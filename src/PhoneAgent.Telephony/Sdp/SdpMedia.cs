using System.Globalization;

namespace PhoneAgent.Telephony.Sdp;

/// <summary>One m= line with what belongs to it (RFC 8866 §5.14). Immutable.</summary>
public sealed record SdpMedia
{
    /// <summary>audio, video, image, application …</summary>
    public required string Kind { get; init; }

    /// <summary>0 means refused or switched off.</summary>
    public required int Port { get; init; }

    public int PortCount { get; init; } = 1;

    public required string Protocol { get; init; }

    public required IReadOnlyList<string> Formats { get; init; }

    public SdpConnection? Connection { get; init; }

    public IReadOnlyList<SdpAttribute> Attributes { get; init; } = [];

    public bool IsAudio => Kind.Equals("audio", StringComparison.OrdinalIgnoreCase);

    /// <summary>Plain RTP. AVPF (RFC 4585) is AVP with feedback that nobody must send.</summary>
    public bool IsPlainRtp =>
        Protocol.Equals("RTP/AVP", StringComparison.OrdinalIgnoreCase) || Protocol.Equals("RTP/AVPF", StringComparison.OrdinalIgnoreCase);

    /// <summary>SRTP in any of its forms.</summary>
    public bool IsSecureRtp => Protocol.Contains("SAVP", StringComparison.OrdinalIgnoreCase);

    /// <summary>RTP and RTCP on one port (RFC 5761).</summary>
    public bool HasRtcpMux => SdpAttribute.Find(Attributes, "rtcp-mux") is not null;

    /// <summary>Milliseconds of audio a packet should hold; null when not said or not a number.</summary>
    public double? PtimeMs => Milliseconds("ptime");

    /// <summary>Milliseconds of audio a packet may hold at most.</summary>
    public double? MaxPtimeMs => Milliseconds("maxptime");

    /// <summary>a=rtcp:port [IN IP4 address] (RFC 3605); null when absent or wrong.</summary>
    public (int Port, SdpConnection? Connection)? Rtcp
    {
        get
        {
            var value = SdpAttribute.Find(Attributes, "rtcp")?.Value;
            if (value is null)
                return null;
            var fields = value.Split(' ', 5, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == 0 || !int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
                return null;
            var connection = fields is [_, "IN", "IP4" or "IP6", ..] && fields.Length >= 4 ? new SdpConnection(fields[2], fields[3]) : null;
            return (port, connection);
        }
    }

    /// <summary>The RTP payload types in the order of the m= line, with their rtpmap (or static meaning) and fmtp.</summary>
    public IReadOnlyList<SdpPayload> Payloads
    {
        get
        {
            var payloads = new List<SdpPayload>(Formats.Count);
            foreach (var format in Formats)
            {
                if (byte.TryParse(format, NumberStyles.None, CultureInfo.InvariantCulture, out var type) && type < 128
                    && SdpPayload.TryFind(type, Attributes, out var payload)
                    && !payloads.Exists(p => p.PayloadType == type))
                    payloads.Add(payload!);
            }
            return payloads;
        }
    }

    private double? Milliseconds(string name) =>
        double.TryParse(SdpAttribute.Find(Attributes, name)?.Value, NumberStyles.AllowDecimalPoint | NumberStyles.AllowTrailingWhite | NumberStyles.AllowLeadingWhite,
            CultureInfo.InvariantCulture, out var value) && value is > 0 and < 10_000
            ? value
            : null;
}
