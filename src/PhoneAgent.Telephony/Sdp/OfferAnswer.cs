using System.Globalization;
using System.Net;
using System.Net.Sockets;
using PhoneAgent.Telephony.Codecs;

namespace PhoneAgent.Telephony.Sdp;

/// <summary>Offer/answer (RFC 3264, RFC 6337) for one audio stream. Pure functions: nothing is kept between calls.</summary>
public static class OfferAnswer
{
    /// <summary>
    /// Our offer. After a first agreement it keeps the number and order of m= lines and all payload numbers (RFC 3264 §8).
    /// </summary>
    public static SdpDescription CreateOffer(LocalAudio local, NegotiatedAudio? previous, ulong version)
    {
        var payloads = OfferedPayloads(local, previous);
        var audio = AudioLine(local, payloads, previous?.PtimeMs ?? local.PtimeMs, local.Direction, local.RtcpMux, "RTP/AVP");
        var lines = previous is null ? [audio] : previous.MediaLines.Select((line, i) => i == previous.MediaIndex ? audio with { Protocol = line.Protocol } : Refuse(line)).ToArray();
        return Describe(local, version, "0 0", lines);
    }

    /// <summary>Answers an offer with the codecs both have, in our order, and refuses every other m= line with port 0.</summary>
    public static OfferAnswerResult Answer(SdpDescription offer, LocalAudio local, ulong version)
    {
        var index = -1;
        NegotiatedAudio? agreed = null;
        for (var i = 0; i < offer.Media.Count && agreed is null; i++)
        {
            agreed = TryAgree(offer, i, local);
            index = i;
        }
        if (agreed is null)
            return OfferAnswerResult.Refused(WhyNot(offer, local));

        var media = offer.Media[index];
        var payloads = agreed.Codecs.Select(c => Payload(c.Codec, c.ReceivePayloadType)).ToList();
        if (agreed.ReceiveEventPayloadType is { } events)
            payloads.Add(EventPayload(events, agreed.ReceiveEventClockRate));
        var audio = AudioLine(local, payloads, agreed.PtimeMs, agreed.Direction, agreed.RtcpMux, media.Protocol);
        var lines = offer.Media.Select((line, i) => i == index ? audio : Refuse(line)).ToArray();
        return new OfferAnswerResult
        {
            Agreed = agreed with { MediaLines = lines },
            Answer = Describe(local, version, offer.Timing, lines),
        };
    }

    /// <summary>Checks an answer against the offer it belongs to and takes what was agreed.</summary>
    public static OfferAnswerResult TakeAnswer(SdpDescription answer, SdpDescription offer, LocalAudio local)
    {
        if (answer.Media.Count != offer.Media.Count)
            return OfferAnswerResult.Refused($"The answer has {answer.Media.Count} m= lines, our offer has {offer.Media.Count}.");
        var index = IndexOfActiveAudio(offer);
        var ours = offer.Media[index];
        var theirs = answer.Media[index];
        if (!theirs.IsAudio)
            return OfferAnswerResult.Refused($"The answer has m={theirs.Kind} where our offer has audio.");
        if (theirs.Port == 0)
            return OfferAnswerResult.Refused("The answer refuses the audio.");
        if (!theirs.IsPlainRtp)
            return OfferAnswerResult.Refused($"The answer is {theirs.Protocol}, our offer is {ours.Protocol}.");
        var connection = answer.ConnectionOf(theirs);
        if (connection is null)
            return OfferAnswerResult.Refused("The answer has no c= line for the audio.", 400);

        var codecs = new List<NegotiatedCodec>();
        var offered = ours.Payloads;
        foreach (var payload in theirs.Payloads)
        {
            if (offered.FirstOrDefault(p => p.Is(payload.Encoding, payload.ClockRate, payload.Channels)) is { } match
                && Find(local.Codecs, payload) is { } codec && !codecs.Exists(c => c.Codec == codec))
                codecs.Add(new NegotiatedCodec(codec, payload.PayloadType, match.PayloadType, payload.Fmtp));
        }
        if (codecs.Count == 0)
            return OfferAnswerResult.Refused("The answer has no codec of our offer.");

        var events = Events(theirs.Payloads.Where(p => offered.Any(o => o.Is(p.Encoding, p.ClockRate, p.Channels))), codecs[0].Codec);
        var agreed = Agreed(answer, theirs, connection, local, index, codecs) with
        {
            SendEventPayloadType = events?.PayloadType,
            ReceiveEventPayloadType = events is null ? null : offered.First(p => p.Is(events.Encoding, events.ClockRate)).PayloadType,
            SendEventClockRate = events?.ClockRate ?? 8000,
            ReceiveEventClockRate = events?.ClockRate ?? 8000,
            RtcpMux = ours.HasRtcpMux && theirs.HasRtcpMux,
            MediaLines = offer.Media.Select((line, i) => i == index ? line : Refuse(line)).ToArray(),
        };
        return new OfferAnswerResult { Agreed = agreed };
    }

    private static NegotiatedAudio? TryAgree(SdpDescription offer, int index, LocalAudio local)
    {
        var media = offer.Media[index];
        if (!media.IsAudio || media.Port == 0 || !media.IsPlainRtp || offer.ConnectionOf(media) is not { } connection)
            return null;
        var offered = media.Payloads;
        var codecs = new List<NegotiatedCodec>();
        foreach (var codec in local.Codecs)
            if (offered.FirstOrDefault(p => p.Is(codec.Encoding, codec.ClockRate, codec.Channels)) is { } match)
                codecs.Add(new NegotiatedCodec(codec, match.PayloadType, match.PayloadType, match.Fmtp));
        if (codecs.Count == 0)
            return null;
        var events = local.TelephoneEventPayloadType is null ? null : Events(offered, codecs[0].Codec);
        return Agreed(offer, media, connection, local, index, codecs) with
        {
            SendEventPayloadType = events?.PayloadType,
            ReceiveEventPayloadType = events?.PayloadType,
            SendEventClockRate = events?.ClockRate ?? 8000,
            ReceiveEventClockRate = events?.ClockRate ?? 8000,
            RtcpMux = local.RtcpMux && media.HasRtcpMux,
        };
    }

    /// <summary>Keys by the codec's clock (RFC 4733 §2.1); many a phone with Opus knows them by 8 kHz only.</summary>
    private static SdpPayload? Events(IEnumerable<SdpPayload> offered, IAudioCodec codec)
    {
        var events = offered.Where(p => p.IsTelephoneEvent && (p.ClockRate == codec.ClockRate || p.ClockRate == 8000)).ToList();
        return events.Find(p => p.ClockRate == codec.ClockRate) ?? events.FirstOrDefault();
    }

    /// <summary>What follows from the peer's description alone, whether it is the offer or the answer.</summary>
    private static NegotiatedAudio Agreed(SdpDescription remote, SdpMedia media, SdpConnection connection, LocalAudio local, int index, List<NegotiatedCodec> codecs)
    {
        var theirDirection = remote.DirectionOf(media);
        var mute = connection.IsUnspecified;
        var theySend = Sends(theirDirection);
        var theyReceive = !mute && Receives(theirDirection);
        var heldByPeer = mute || theirDirection == MediaDirection.SendOnly
            || (theirDirection == MediaDirection.Inactive && local.Direction == MediaDirection.SendRecv);
        var host = mute ? null : connection.Address;
        var rtcp = media.Rtcp;
        return new NegotiatedAudio
        {
            Codecs = codecs,
            PtimeMs = codecs[0].Codec.FitPacket(Ptime(media, local.PtimeMs)),
            Direction = Direction(theyReceive && Sends(local.Direction), theySend && Receives(local.Direction)),
            IsHeldByPeer = heldByPeer,
            RemoteHost = host,
            RemotePort = media.Port,
            RemoteRtcpHost = mute ? null : rtcp?.Connection?.Address ?? host,
            RemoteRtcpPort = rtcp?.Port ?? Math.Min(media.Port + 1, 65535),
            RtcpMux = false,
            MediaIndex = index,
            MediaLines = [],
        };
    }

    /// <summary>What the peer asks for, within its maxptime, as whole 10 ms blocks from 10 to 60 ms.</summary>
    private static int Ptime(SdpMedia media, int ours)
    {
        var wanted = media.PtimeMs ?? ours;
        if (media.MaxPtimeMs is { } max)
            wanted = Math.Min(wanted, max);
        return Math.Clamp((int)(wanted / 10) * 10, 10, 60);
    }

    private static bool Sends(MediaDirection direction) => direction is MediaDirection.SendRecv or MediaDirection.SendOnly;

    private static bool Receives(MediaDirection direction) => direction is MediaDirection.SendRecv or MediaDirection.RecvOnly;

    private static MediaDirection Direction(bool send, bool receive) => (send, receive) switch
    {
        (true, true) => MediaDirection.SendRecv,
        (true, false) => MediaDirection.SendOnly,
        (false, true) => MediaDirection.RecvOnly,
        _ => MediaDirection.Inactive,
    };

    private static string WhyNot(SdpDescription offer, LocalAudio local)
    {
        var audio = offer.Media.Where(m => m.IsAudio && m.Port != 0).ToList();
        if (audio.Count == 0)
            return "The offer has no audio.";
        if (audio.TrueForAll(m => m.IsSecureRtp))
            return "The offer has audio by SRTP only; this side speaks plain RTP.";
        if (audio.TrueForAll(m => !m.IsPlainRtp))
            return $"The offer has audio by {audio[0].Protocol} only; this side speaks RTP/AVP.";
        if (audio.TrueForAll(m => offer.ConnectionOf(m) is null))
            return "The offer has no c= line for the audio.";
        return $"The offer has no codec of ours ({string.Join(", ", local.Codecs.Select(c => c.Encoding))}).";
    }

    private static List<SdpPayload> OfferedPayloads(LocalAudio local, NegotiatedAudio? previous)
    {
        var known = previous?.MediaLines[previous.MediaIndex].Payloads ?? [];
        var used = known.Select(p => p.PayloadType).ToHashSet();
        var payloads = new List<SdpPayload>();
        foreach (var codec in local.Codecs)
        {
            var before = known.FirstOrDefault(p => p.Is(codec.Encoding, codec.ClockRate, codec.Channels));
            payloads.Add(Payload(codec, before?.PayloadType ?? FreeType(codec.PayloadType, used)));
        }
        if (local.TelephoneEventPayloadType is not { } events)
            return payloads;
        // By each clock of the codecs (RFC 4733 §2.1); 8 kHz first, for it is what gateways expect under the usual number.
        foreach (var rate in local.Codecs.Select(c => c.ClockRate).Distinct().Order())
        {
            var before = known.FirstOrDefault(p => p.IsTelephoneEvent && p.ClockRate == rate);
            payloads.Add(EventPayload(before?.PayloadType ?? FreeType(events, used), rate));
        }
        return payloads;
    }

    /// <summary>A number may not change its meaning during a session (RFC 3264 §8.3.2).</summary>
    private static int FreeType(int wanted, HashSet<int> used)
    {
        var type = wanted;
        while (!used.Add(type))
            type = type is >= 96 and < 127 ? type + 1 : 96;
        return type;
    }

    private static IAudioCodec? Find(IReadOnlyList<IAudioCodec> codecs, SdpPayload payload)
    {
        foreach (var codec in codecs)
            if (payload.Is(codec.Encoding, codec.ClockRate, codec.Channels))
                return codec;
        return null;
    }

    private static SdpPayload Payload(IAudioCodec codec, int type) => new(type, codec.Encoding, codec.ClockRate, codec.Channels, codec.Fmtp);

    private static SdpPayload EventPayload(int type, int clockRate) => new(type, "telephone-event", clockRate, 1, "0-15");

    private static int IndexOfActiveAudio(SdpDescription offer)
    {
        for (var i = 0; i < offer.Media.Count; i++)
            if (offer.Media[i] is { IsAudio: true, Port: not 0 })
                return i;
        throw new ArgumentException("The offer is not one of ours: it has no audio.", nameof(offer));
    }

    private static SdpMedia AudioLine(LocalAudio local, List<SdpPayload> payloads, int ptimeMs, MediaDirection direction, bool mux, string protocol)
    {
        var attributes = new List<SdpAttribute>();
        foreach (var payload in payloads)
        {
            attributes.Add(new SdpAttribute("rtpmap", payload.RtpMap));
            if (payload.Fmtp is { } fmtp)
                attributes.Add(new SdpAttribute("fmtp", $"{payload.PayloadType} {fmtp}"));
        }
        attributes.Add(new SdpAttribute("ptime", ptimeMs.ToString(CultureInfo.InvariantCulture)));
        if (mux)
            attributes.Add(new SdpAttribute("rtcp-mux"));
        attributes.Add(SdpAttribute.Of(direction));
        return new SdpMedia
        {
            Kind = "audio",
            Port = local.Port,
            Protocol = protocol,
            Formats = payloads.ConvertAll(p => p.PayloadType.ToString(CultureInfo.InvariantCulture)),
            Attributes = attributes,
        };
    }

    private static SdpMedia Refuse(SdpMedia line) => new() { Kind = line.Kind, Port = 0, Protocol = line.Protocol, Formats = line.Formats };

    private static SdpDescription Describe(LocalAudio local, ulong version, string timing, IReadOnlyList<SdpMedia> media)
    {
        var type = local.Address.AddressFamily == AddressFamily.InterNetworkV6 ? "IP6" : "IP4";
        var address = new IPAddress(local.Address.GetAddressBytes()).ToString();   // without a scope id
        return new SdpDescription
        {
            Origin = new SdpOrigin("phoneagent", local.SessionId.ToString(CultureInfo.InvariantCulture), version.ToString(CultureInfo.InvariantCulture), type, address),
            Connection = new SdpConnection(type, address),
            Timing = timing,
            Media = media,
        };
    }
}
