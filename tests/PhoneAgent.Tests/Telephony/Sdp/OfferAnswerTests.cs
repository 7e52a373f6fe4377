using System.Net;
using PhoneAgent.Telephony;
using PhoneAgent.Telephony.Codecs;
using PhoneAgent.Telephony.Sdp;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Sdp;

public sealed class OfferAnswerTests
{
    private const string Head = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";

    internal static LocalAudio Local(MediaDirection direction = MediaDirection.SendRecv) => new()
    {
        Codecs = [G711Codec.Pcmu, G711Codec.Pcma],
        Address = IPAddress.Loopback,
        Port = 16384,
        SessionId = 42,
        Direction = direction,
    };

    [Theory]
    [InlineData("0 8", "0 8")]
    [InlineData("8 0", "0 8")]
    [InlineData("18 8 3", "8")]
    [InlineData("0 101\r\na=rtpmap:101 telephone-event/8000", "0 101")]
    [InlineData("8 0 96\r\na=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-16", "0 8 96")]
    [InlineData("0 97 98\r\na=rtpmap:97 telephone-event/48000\r\na=rtpmap:98 telephone-event/8000", "0 98")]
    [InlineData("100 13\r\na=rtpmap:100 pcma/8000", "100")]
    public void AnswersWithCommonCodecsInOurOrder(string offered, string answered)
    {
        var result = Answer($"m=audio 4000 RTP/AVP {offered}\r\n");
        Assert.Equal(answered, string.Join(' ', result.Answer!.Media[0].Formats));
        Assert.Equal(16384, result.Answer.Media[0].Port);
    }

    [Theory]
    [InlineData("", 20)]
    [InlineData("a=ptime:10\r\n", 10)]
    [InlineData("a=ptime:30\r\n", 30)]
    [InlineData("a=ptime:60\r\n", 60)]
    [InlineData("a=ptime:0.125\r\n", 10)]
    [InlineData("a=ptime:200\r\n", 60)]
    [InlineData("a=ptime:40\r\na=maxptime:30\r\n", 30)]
    [InlineData("a=ptime:nonsense\r\n", 20)]
    public void HonoursPtime(string attributes, int expected) =>
        Assert.Equal(expected, Answer("m=audio 4000 RTP/AVP 0\r\n" + attributes).Agreed!.PtimeMs);

    [Theory]
    [InlineData("", "192.0.2.1", MediaDirection.SendRecv, false)]
    [InlineData("a=sendonly\r\n", "192.0.2.1", MediaDirection.RecvOnly, true)]
    [InlineData("a=recvonly\r\n", "192.0.2.1", MediaDirection.SendOnly, false)]
    [InlineData("a=inactive\r\n", "192.0.2.1", MediaDirection.Inactive, true)]
    [InlineData("c=IN IP4 0.0.0.0\r\n", null, MediaDirection.RecvOnly, true)]
    [InlineData("c=IN IP4 0.0.0.0\r\na=inactive\r\n", null, MediaDirection.Inactive, true)]
    public void MirrorsTheDirection(string attributes, string? host, MediaDirection expected, bool held)
    {
        var result = Answer("m=audio 4000 RTP/AVP 0\r\n" + attributes);
        Assert.Equal((expected, held, host), (result.Agreed!.Direction, result.Agreed.IsHeldByPeer, result.Agreed.RemoteHost));
        Assert.Equal(expected, result.Answer!.DirectionOf(result.Answer.Media[0]));
    }

    [Theory]
    [InlineData("", MediaDirection.SendOnly)]
    [InlineData("a=sendonly\r\n", MediaDirection.Inactive)]
    [InlineData("a=recvonly\r\n", MediaDirection.SendOnly)]
    public void KeepsHoldingWhenThePeerOffersMeanwhile(string attributes, MediaDirection expected) =>
        Assert.Equal(expected, OfferAnswer.Answer(Parse("m=audio 4000 RTP/AVP 0\r\n" + attributes), Local(MediaDirection.SendOnly), 1).Agreed!.Direction);

    [Fact]
    public void RefusesEveryOtherLineInItsPlace()
    {
        var result = Answer("m=video 5000 RTP/AVP 96\r\nm=audio 0 RTP/AVP 0\r\nm=audio 4000 RTP/SAVP 0\r\nm=audio 4002 RTP/AVP 0\r\n"
            + "m=audio 4004 RTP/AVP 8\r\nm=image 4006 udptl t38\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n");
        Assert.Equal([0, 0, 0, 16384, 0, 0, 0], result.Answer!.Media.Select(m => m.Port));
        Assert.Equal(["video", "audio", "audio", "audio", "audio", "image", "application"], result.Answer.Media.Select(m => m.Kind));
        Assert.Equal("udptl", result.Answer.Media[5].Protocol);
        Assert.Equal(3, result.Agreed!.MediaIndex);
    }

    [Theory]
    [InlineData("m=audio 4000 RTP/AVP 18 3\r\n", "codec")]
    [InlineData("m=audio 4000 RTP/SAVP 0\r\n", "SRTP")]
    [InlineData("m=audio 4000 UDP/TLS/RTP/SAVPF 0\r\n", "SRTP")]
    [InlineData("m=audio 4000 TCP/RTP/AVP 0\r\n", "TCP/RTP/AVP")]
    [InlineData("m=video 4000 RTP/AVP 96\r\n", "no audio")]
    [InlineData("m=audio 0 RTP/AVP 0\r\n", "no audio")]
    [InlineData("m=image 4000 udptl t38\r\n", "no audio")]
    [InlineData("", "no audio")]
    public void Refuses488AndSaysWhy(string media, string word)
    {
        var result = Answer(media);
        Assert.Equal(488, result.StatusCode);
        Assert.Contains(word, result.Failure, StringComparison.Ordinal);
        Assert.Null(result.Agreed);
    }

    [Fact]
    public void TakesRtcpMuxOnlyWhenOfferedAndRepeatsTheTiming()
    {
        Assert.True(Answer("m=audio 4000 RTP/AVPF 0\r\na=rtcp-mux\r\n").Agreed!.RtcpMux);
        var plain = OfferAnswer.Answer(ParseAll("v=0\r\nc=IN IP4 192.0.2.1\r\nt=5 9\r\nm=audio 4000 RTP/AVPF 0\r\n"), Local(), 7);
        Assert.False(plain.Agreed!.RtcpMux);
        Assert.Equal(("5 9", "RTP/AVPF", "7"), (plain.Answer!.Timing, plain.Answer.Media[0].Protocol, plain.Answer.Origin!.SessionVersion));
        Assert.Equal(4001, plain.Agreed.RemoteRtcpPort);
    }

    [Fact]
    public void TheNumbersOfTheAnswerAreForSendingAndOursForReceiving()
    {
        var offer = OfferAnswer.CreateOffer(Local(), null, 1);
        Assert.Equal(["0", "8", "101"], offer.Media[0].Formats);
        var result = OfferAnswer.TakeAnswer(Parse("m=audio 4000 RTP/AVP 8 99\r\na=rtpmap:99 telephone-event/8000\r\na=ptime:40\r\n"), offer, Local());
        Assert.Equal("PCMA", Assert.Single(result.Agreed!.Codecs).Codec.Encoding);
        Assert.Equal((99, 101, 40), (result.Agreed.SendEventPayloadType, result.Agreed.ReceiveEventPayloadType, result.Agreed.PtimeMs));
    }

    [Theory]
    [InlineData("m=audio 0 RTP/AVP 0\r\n")]
    [InlineData("m=audio 4000 RTP/AVP 18\r\n")]
    [InlineData("m=audio 4000 RTP/SAVP 0\r\n")]
    [InlineData("m=video 4000 RTP/AVP 0\r\n")]
    [InlineData("m=audio 4000 RTP/AVP 0\r\nm=video 0 RTP/AVP 96\r\n")]
    [InlineData("")]
    public void RefusesAnswersThatDoNotFit(string media)
    {
        var result = OfferAnswer.TakeAnswer(Parse(media), OfferAnswer.CreateOffer(Local(), null, 1), Local());
        Assert.NotNull(result.Failure);
        Assert.Null(result.Agreed);
    }

    [Fact]
    public void AReofferKeepsLinesAndNumbers()
    {
        var first = Answer("m=video 5000 RTP/AVP 96\r\nm=audio 4000 RTP/AVP 8 110\r\na=rtpmap:110 telephone-event/8000\r\n");
        var again = OfferAnswer.CreateOffer(Local(MediaDirection.SendOnly), first.Agreed, 2);
        Assert.Equal([0, 16384], again.Media.Select(m => m.Port));
        Assert.Equal(["0", "8", "110"], again.Media[1].Formats);
        Assert.Equal(MediaDirection.SendOnly, again.DirectionOf(again.Media[1]));
    }

    [Fact]
    public void AnEndToEndAgreementIsTheSameOnBothSides()
    {
        var random = new Random(3);
        for (var i = 0; i < 500; i++)
        {
            var a = Local((MediaDirection)random.Next(4)) with { PtimeMs = random.Next(1, 7) * 10, Codecs = Shuffled(random) };
            var b = Local() with { Port = 20000, RtcpMux = random.Next(2) == 0, TelephoneEventPayloadType = random.Next(2) == 0 ? null : 97, Codecs = Shuffled(random) };
            var offer = OfferAnswer.CreateOffer(a, null, 1);
            Assert.True(SdpDescription.TryParse(offer.ToString(), out var received, out _));
            var answered = OfferAnswer.Answer(received!, b, 1);
            if (answered.Failure is not null)
            {
                Assert.DoesNotContain(a.Codecs, c => b.Codecs.Contains(c));
                continue;
            }
            Assert.True(SdpDescription.TryParse(answered.Answer!.ToString(), out var back, out _));
            var taken = OfferAnswer.TakeAnswer(back!, offer, a).Agreed!;
            Assert.Equal(answered.Agreed!.Codecs[0].SendPayloadType, taken.Codecs[0].ReceivePayloadType);
            Assert.Equal(answered.Agreed.Codecs[0].Codec, taken.Codecs[0].Codec);
            Assert.Equal((answered.Agreed.MaySend, answered.Agreed.MayReceive), (taken.MayReceive, taken.MaySend));
            Assert.Equal((answered.Agreed.RtcpMux, answered.Agreed.PtimeMs), (taken.RtcpMux, taken.PtimeMs));
            Assert.Equal(answered.Agreed.SendEventPayloadType, taken.ReceiveEventPayloadType);
        }
    }

    private static IAudioCodec[] Shuffled(Random random)
    {
        IAudioCodec[] codecs = [G711Codec.Pcmu, G711Codec.Pcma];
        random.Shuffle(codecs);
        return codecs[..random.Next(1, 3)];
    }

    private static OfferAnswerResult Answer(string media) => OfferAnswer.Answer(Parse(media), Local(), 1);

    private static SdpDescription Parse(string media) => ParseAll(Head + media);

    private static SdpDescription ParseAll(string text)
    {
        Assert.True(SdpDescription.TryParse(text, out var sdp, out var error), error.ToString());
        return sdp!;
    }
}
