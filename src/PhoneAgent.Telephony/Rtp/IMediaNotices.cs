using System.Net.Sockets;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Codecs;

namespace PhoneAgent.Telephony.Rtp;

/// <summary>What the media thread tells. Must not block; called rarely.</summary>
internal interface IMediaNotices
{
    void Key(ReceivedKey key, DtmfSource source);

    void TimedOut(TimeSpan silence);

    void Failed(Exception exception);
}

/// <summary>What a call's media has from its start to its end.</summary>
internal sealed record RtpSessionSettings
{
    public required AddressFamily AddressFamily { get; init; }
    /// <summary>All that may be agreed on: what they need is allocated once.</summary>
    public required IReadOnlyList<IAudioCodec> Codecs { get; init; }
    public required TimeSpan JitterMin { get; init; }
    public required TimeSpan JitterMax { get; init; }
    /// <summary>0 for never.</summary>
    public required long NoRtpTimeoutNs { get; init; }
    public required bool SendsRtcp { get; init; }
    public required string CanonicalName { get; init; }
    public required uint Ssrc { get; init; }
    public required ushort FirstSequence { get; init; }
    public required uint FirstTimestamp { get; init; }
    /// <summary>Civil time at <see cref="WallClockNs"/> of the pacer, for NTP stamps.</summary>
    public required DateTimeOffset WallClock { get; init; }
    public required long WallClockNs { get; init; }
    /// <summary>Null where a test drives the ticks.</summary>
    public MediaClock? Clock { get; init; }
}
