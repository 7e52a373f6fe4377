using System.Net;
using PhoneAgent.Telephony.Codecs;
using PhoneAgent.Telephony.Sdp;

namespace PhoneAgent.Fuzz.Targets;

/// <summary>A description as an offer and as an answer; our answer to it reads back and can be taken.</summary>
internal sealed class SdpTarget : IFuzzTarget
{
    private static readonly LocalAudio Local = new()
    {
        Codecs = [G711Codec.Pcmu, G711Codec.Pcma],
        Address = IPAddress.Loopback,
        Port = 4000,
        SessionId = 1,
    };

    private readonly SdpDescription _offer = OfferAnswer.CreateOffer(Local, null, 1);

    public string Name => "sdp";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        .. AllTargets.Files("data/sip/sdp-transform"),
        AllTargets.Lines("v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0", "m=audio 6000 RTP/AVP 8 0 101 13", "a=rtpmap:8 PCMA/8000",
            "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-15", "a=ptime:30", "a=sendonly", "a=rtcp:6001 IN IP4 127.0.0.1", "a=rtcp-mux"),
        AllTargets.Lines("v=0", "o=- 1 1 IN IP6 ::1", "s=-", "t=0 0", "m=video 6002/2 RTP/AVP 96", "c=IN IP6 ::1", "m=image 0 udptl t38", "m=audio 6000 RTP/SAVP 0",
            "c=IN IP4 0.0.0.0", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x", "a=maxptime:60"),
    ];

    public bool Run(ReadOnlySpan<byte> input)
    {
        if (!SdpDescription.TryParse(input, out SdpDescription? description, out _))
            return false;
        OfferAnswer.TakeAnswer(description!, _offer, Local);
        OfferAnswerResult result = OfferAnswer.Answer(description!, Local, 2);
        if (result.Answer is { } answer)
        {
            if (!SdpDescription.TryParse(answer.ToString(), out SdpDescription? again, out SdpParseError error))
                throw new FuzzException($"our answer does not read back: {error}");
            if (again!.Media.Count != description!.Media.Count)
                throw new FuzzException($"our answer has {again.Media.Count} m= lines, the offer has {description.Media.Count}");
            OfferAnswer.CreateOffer(Local, result.Agreed, 3);
        }
        return true;
    }
}
