using System.Net;
using PhoneAgent.Telephony.Codecs;
using PhoneAgent.Telephony.Sdp;

namespace PhoneAgent.Telephony.Rtp;

/// <summary>
/// What was agreed, in the form the media thread needs: addresses as socket bytes, coders made, payload types in a table.
/// Signalling makes a new one at each agreement; the media thread takes it over at its next tick.
/// </summary>
internal sealed class MediaPlan : IDisposable
{
    private readonly Entry?[] _byPayloadType = new Entry?[128];

    public MediaPlan(NegotiatedAudio agreed, SocketAddress? rtp, SocketAddress? rtcp)
    {
        Agreed = agreed;
        RemoteRtp = rtp;
        RemoteRtcp = rtcp;
        Source = rtp is null ? null : PeerSource.Of(rtp);
        foreach (var codec in agreed.Codecs)
            _byPayloadType[codec.ReceivePayloadType] = new Entry(codec.Codec, codec.Codec.CreateDecoder());
        SendCodec = agreed.Codecs[0].Codec;
        Encoder = SendCodec.CreateEncoder(agreed.Codecs[0].PeerFmtp);
        SendPayloadType = (byte)agreed.Codecs[0].SendPayloadType;
    }

    public NegotiatedAudio Agreed { get; }
    public SocketAddress? RemoteRtp { get; }
    public SocketAddress? RemoteRtcp { get; }
    public PeerSource? Source { get; }
    public IAudioCodec SendCodec { get; }
    public IAudioEncoder Encoder { get; }
    public byte SendPayloadType { get; }

    public Entry? Find(byte payloadType) => _byPayloadType[payloadType & 0x7F];

    public bool HasEvents => Agreed.ReceiveEventPayloadType is not null;

    public bool IsEvent(byte payloadType) => Agreed.ReceiveEventPayloadType == payloadType;

    /// <summary>PT 13, also when it was not agreed: it can mean nothing else (RFC 3389 §4).</summary>
    public bool IsComfortNoise(byte payloadType) => payloadType == 13 && _byPayloadType[13] is null;

    public void Dispose()
    {
        Encoder.Dispose();
        foreach (var entry in _byPayloadType)
            entry?.Decoder.Dispose();
    }

    public sealed record Entry(IAudioCodec Codec, IAudioDecoder Decoder);
}
