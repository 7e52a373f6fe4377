using PhoneAgent.Telephony.Codecs;

namespace PhoneAgent.Telephony.Sdp;

/// <summary>A codec with its number in each direction: each side sends with the numbers of the other's description.</summary>
/// <param name="PeerFmtp">What the peer says in a=fmtp: what it wants to be sent.</param>
public sealed record NegotiatedCodec(IAudioCodec Codec, int SendPayloadType, int ReceivePayloadType, string? PeerFmtp = null);

/// <summary>What an offer and its answer agreed on for the one audio stream of a call. Immutable.</summary>
public sealed record NegotiatedAudio
{
    /// <summary>What we send with first, then what the peer may change to.</summary>
    public required IReadOnlyList<NegotiatedCodec> Codecs { get; init; }

    /// <summary>telephone-event towards the peer; null when it did not agree (send in-band then).</summary>
    public int? SendEventPayloadType { get; init; }

    public int? ReceiveEventPayloadType { get; init; }

    /// <summary>Hz that durations of events towards the peer count by.</summary>
    public int SendEventClockRate { get; init; } = 8000;

    /// <inheritdoc cref="SendEventClockRate"/>
    public int ReceiveEventClockRate { get; init; } = 8000;

    /// <summary>Milliseconds of audio in a packet of ours: 10–60, a multiple of 10.</summary>
    public required int PtimeMs { get; init; }

    /// <summary>From our side: SendOnly means that we hold the peer.</summary>
    public required MediaDirection Direction { get; init; }

    /// <summary>The peer wants to hear nothing of us, or plays music on hold.</summary>
    public required bool IsHeldByPeer { get; init; }

    /// <summary>Where the peer says it receives: an address or a host name. Null on an old-style hold (c=0.0.0.0).</summary>
    public required string? RemoteHost { get; init; }

    public required int RemotePort { get; init; }

    /// <summary>Differs from <see cref="RemoteHost"/> only with a=rtcp (RFC 3605).</summary>
    public required string? RemoteRtcpHost { get; init; }

    public required int RemoteRtcpPort { get; init; }

    public required bool RtcpMux { get; init; }

    /// <summary>Which m= line it is, and all of them in the order both sides must keep (RFC 3264 §8).</summary>
    public required int MediaIndex { get; init; }

    public required IReadOnlyList<SdpMedia> MediaLines { get; init; }

    public bool MaySend => Direction is MediaDirection.SendRecv or MediaDirection.SendOnly;

    public bool MayReceive => Direction is MediaDirection.SendRecv or MediaDirection.RecvOnly;
}

/// <summary>What came of an offer or an answer: either <see cref="Agreed"/> (and for an offer <see cref="Answer"/>), or the failure.</summary>
public sealed record OfferAnswerResult
{
    public NegotiatedAudio? Agreed { get; init; }

    /// <summary>Our description in answer, with the version that was asked for.</summary>
    public SdpDescription? Answer { get; init; }

    public string? Failure { get; init; }

    public int StatusCode { get; init; } = 200;

    internal static OfferAnswerResult Refused(string failure, int statusCode = 488) => new() { Failure = failure, StatusCode = statusCode };
}
