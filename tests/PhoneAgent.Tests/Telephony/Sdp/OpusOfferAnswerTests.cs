using System.Net;
using PhoneAgent.Telephony.Codecs;
using PhoneAgent.Telephony.Codecs.Opus;
using PhoneAgent.Telephony.Sdp;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Sdp;

/// <summary>RFC 7587 §7: opus in offers and answers, beside codecs of another clock.</summary>
public sealed class OpusOfferAnswerTests
{
    private static readonly OpusCodec Opus = new(new NoOpus());

    private static readonly LocalAudio Local = new()
    {
        Codecs = [Opus, G711Codec.Pcmu],
        Address = IPAddress.Loopback,
        Port = 16384,
        SessionId = 42,
    };

    [Fact]
    public void OffersOpusWithItsParametersAndKeysByBothClocks()
    {
        var media = OfferAnswer.CreateOffer(Local, null, 1).Media[0];
        Assert.Equal(["111", "0", "101", "102"], media.Formats);
        Assert.Contains(media.Attributes, a => a is { Name: "rtpmap", Value: "111 opus/48000/2" });
        Assert.Contains(media.Attributes, a => a is { Name: "fmtp", Value: "111 maxplaybackrate=16000;sprop-maxcapturerate=16000;stereo=0;sprop-stereo=0;useinbandfec=1;usedtx=0" });
        Assert.Contains(media.Attributes, a => a is { Name: "rtpmap", Value: "101 telephone-event/8000" });
        Assert.Contains(media.Attributes, a => a is { Name: "rtpmap", Value: "102 telephone-event/48000" });
    }

    [Theory]
    [InlineData("96 0 97 98\r\na=rtpmap:97 telephone-event/8000\r\na=rtpmap:98 telephone-event/48000\r\n", "96 0 98", 48000)]
    [InlineData("96 0 97\r\na=rtpmap:97 telephone-event/8000\r\n", "96 0 97", 8000)]
    [InlineData("96 0\r\n", "96 0", 8000)]
    public void AnswersWithTheKeysThatFit(string formats, string answered, int clockRate)
    {
        var result = Answer($"m=audio 4000 RTP/AVP {formats}a=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\n");
        Assert.Equal(answered, string.Join(' ', result.Answer!.Media[0].Formats));
        Assert.Equal((clockRate, clockRate), (result.Agreed!.SendEventClockRate, result.Agreed.ReceiveEventClockRate));
        Assert.Equal("useinbandfec=1", result.Agreed.Codecs[0].PeerFmtp);
    }

    [Theory]
    [InlineData(10, 10)]
    [InlineData(30, 20)]
    [InlineData(50, 40)]
    [InlineData(60, 60)]
    [InlineData(120, 60)]
    public void TakesThePacketTimeThatOpusHas(int asked, int agreed)
    {
        var result = Answer($"m=audio 4000 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\na=ptime:{asked}\r\n");
        Assert.Equal(agreed, result.Agreed!.PtimeMs);
        Assert.Contains(result.Answer!.Media[0].Attributes, a => a.Name == "ptime" && a.Value == $"{agreed}");
    }

    [Fact]
    public void OpusWithoutItsTwoChannelsIsNoOpus() =>
        // RFC 7587 §7: the number of channels MUST be 2.
        Assert.Equal(["0"], Answer("m=audio 4000 RTP/AVP 96 0\r\na=rtpmap:96 opus/48000\r\n").Answer!.Media[0].Formats);

    [Fact]
    public void TheAnswererChoosesAndAReofferKeepsTheNumbers()
    {
        var offer = OfferAnswer.CreateOffer(Local, null, 1);
        var taken = OfferAnswer.TakeAnswer(
            Parse("m=audio 4000 RTP/AVP 111 101 102\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 usedtx=1\r\na=rtpmap:101 telephone-event/8000\r\na=rtpmap:102 telephone-event/48000\r\n"),
            offer, Local).Agreed!;
        Assert.Equal((Opus, "usedtx=1"), (taken.Codecs.Single().Codec, taken.Codecs.Single().PeerFmtp));
        Assert.Equal((102, 102, 48000), (taken.SendEventPayloadType, taken.ReceiveEventPayloadType, taken.SendEventClockRate));
        Assert.Equal(offer.Media[0].Formats, OfferAnswer.CreateOffer(Local, taken, 2).Media[0].Formats);
    }

    private static OfferAnswerResult Answer(string media) => OfferAnswer.Answer(Parse(media), Local, 1);

    private static SdpDescription Parse(string media)
    {
        Assert.True(SdpDescription.TryParse("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n" + media, out var sdp, out var error), error.ToString());
        return sdp!;
    }

    /// <summary>Descriptions need no sound.</summary>
    private sealed class NoOpus : IOpusLibrary
    {
        public string Name => "none";

        public IAudioEncoder CreateEncoder(OpusEncoderSettings settings) => throw new NotSupportedException();

        public IAudioDecoder CreateDecoder(int sampleRate) => throw new NotSupportedException();
    }
}
