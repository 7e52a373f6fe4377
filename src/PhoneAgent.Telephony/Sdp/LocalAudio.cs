using System.Net;
using PhoneAgent.Telephony.Codecs;

namespace PhoneAgent.Telephony.Sdp;

/// <summary>What this side can do and where it listens: everything that offers and answers of one call are made from.</summary>
public sealed record LocalAudio
{
    /// <summary>In our order of preference.</summary>
    public required IReadOnlyList<IAudioCodec> Codecs { get; init; }

    /// <summary>What the peer is told to send to.</summary>
    public required IPAddress Address { get; init; }

    public required int Port { get; init; }

    /// <summary>The session id of o=, the same for the whole call.</summary>
    public required ulong SessionId { get; init; }

    /// <summary>Milliseconds of audio per packet when the peer does not say.</summary>
    public int PtimeMs { get; init; } = 20;

    /// <summary>The payload type to propose for telephone-event; null switches it off.</summary>
    public int? TelephoneEventPayloadType { get; init; } = 101;

    /// <summary>Offer (and accept) RTP and RTCP on one port.</summary>
    public bool RtcpMux { get; init; } = true;

    /// <summary>What this side wants: SendOnly while we hold the peer.</summary>
    public MediaDirection Direction { get; init; } = MediaDirection.SendRecv;
}
