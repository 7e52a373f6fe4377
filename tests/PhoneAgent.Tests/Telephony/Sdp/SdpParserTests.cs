using System.Text;
using PhoneAgent.Telephony;
using PhoneAgent.Telephony.Sdp;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Sdp;

public sealed class SdpParserTests
{
    public static TheoryData<string> Corpus() => [.. Files().DefaultIfEmpty("")];

    private static IEnumerable<string> Files() =>
        SharedData.Find("data/sip/sdp-transform") is { } folder
            ? Directory.GetFiles(folder, "*.sdp").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)
            : [];

    [Theory]
    [MemberData(nameof(Corpus))]
    public void ReadsTheCorpusAndWritesItBack(string file)
    {
        if (file.Length == 0)
            return;   // no shared data on this machine
        var bytes = File.ReadAllBytes(Path.Combine(SharedData.Find("data/sip/sdp-transform")!, file));
        Assert.True(SdpDescription.TryParse(bytes, out var sdp, out var error), error.ToString());
        var lines = Encoding.UTF8.GetString(bytes).Split('\n').Select(l => l.TrimEnd('\r')).ToList();
        Assert.Equal(lines.Where(l => l.StartsWith("m=", StringComparison.Ordinal)).Select(l => l[2..l.IndexOf(' ')]), sdp!.Media.Select(m => m.Kind));
        Assert.Equal(lines.Count(l => l.StartsWith("a=", StringComparison.Ordinal)), sdp.Attributes.Count + sdp.Media.Sum(m => m.Attributes.Count));

        Assert.True(SdpDescription.TryParse(sdp.ToString(), out var again, out _));
        Assert.Equal(sdp.ToString(), again!.ToString());
    }

    [Fact]
    public void ReadsWhatACallNeeds()
    {
        var sdp = Parse("v=0\r\no=alice 1 7 IN IP6 2001:db8::1\r\ns=-\r\nc=IN IP6 2001:db8::1\r\nt=0 0\r\na=sendonly\r\n"
            + "m=audio 4000 RTP/AVP 96 0 101 13\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\na=rtpmap:101 telephone-event/8000\r\n"
            + "a=fmtp:101 0-15\r\na=ptime:30\r\na=maxptime:60\r\na=rtcp:4011 IN IP4 192.0.2.1\r\na=rtcp-mux\r\n");
        var media = Assert.Single(sdp.Media);
        Assert.Equal(["opus", "PCMU", "telephone-event", "CN"], media.Payloads.Select(p => p.Encoding));
        Assert.Equal((48000, 2, "useinbandfec=1"), (media.Payloads[0].ClockRate, media.Payloads[0].Channels, media.Payloads[0].Fmtp));
        Assert.Equal((30, 60), (media.PtimeMs, media.MaxPtimeMs));
        Assert.Equal(4011, media.Rtcp!.Value.Port);
        Assert.Equal("192.0.2.1", media.Rtcp.Value.Connection!.Address);
        Assert.True(media.HasRtcpMux);
        Assert.Equal(MediaDirection.SendOnly, sdp.DirectionOf(media));
        Assert.Equal("2001:db8::1", sdp.ConnectionOf(media)!.Address);
        Assert.Equal("7", sdp.Origin!.SessionVersion);
    }

    [Theory]
    [InlineData("v=0\no=- 1 1 IN IP4 h\nc=IN IP4 pbx.example.com\nm=audio 4000 RTP/AVP 0\n")]
    [InlineData("v=0\r\nc=IN IP4 192.0.2.1/127\r\nm=audio 4000/2 RTP/AVP 0\r\n")]
    [InlineData("\r\nv=0 \r\no=\r\ns=\r\nk=x\r\nc=IN IP4 192.0.2.1\r\nz=?\r\nm=audio 4000 RTP/AVP 0 \r\n\r\n\0")]
    public void ForgivesWhatPhonesSend(string text)
    {
        var sdp = Parse(text);
        Assert.Equal("PCMU", Assert.Single(Assert.Single(sdp.Media).Payloads).Encoding);
        Assert.NotNull(sdp.ConnectionOf(sdp.Media[0]));
    }

    [Theory]
    [InlineData("", SdpErrorKind.Empty, 0)]
    [InlineData("hello", SdpErrorKind.Line, 1)]
    [InlineData("v=1\r\n", SdpErrorKind.Version, 1)]
    [InlineData("m=audio 1 RTP/AVP 0\r\n", SdpErrorKind.Version, 1)]
    [InlineData("v=0\r\nm=audio 70000 RTP/AVP 0\r\n", SdpErrorKind.Media, 2)]
    [InlineData("v=0\r\nm=audio -1 RTP/AVP 0\r\n", SdpErrorKind.Media, 2)]
    [InlineData("v=0\r\nm=audio 4000 RTP/AVP\r\n", SdpErrorKind.Media, 2)]
    [InlineData("v=0\r\ns=-\r\nc=IN IP5 x\r\n", SdpErrorKind.Connection, 3)]
    public void SaysWhereItIsWrong(string text, SdpErrorKind kind, int line)
    {
        Assert.False(SdpDescription.TryParse(text, out _, out var error));
        Assert.Equal(new SdpParseError(kind, line), error);
    }

    [Fact]
    public void CapsEveryCount()
    {
        static string Repeat(string line, int count) => string.Concat(Enumerable.Repeat(line, count));
        Assert.Equal(SdpErrorKind.TooLong, Error("v=0\r\n" + new string('a', SdpLimits.Length)));
        Assert.Equal(SdpErrorKind.TooManyAttributes, Error("v=0\r\n" + Repeat("a=x\r\n", SdpLimits.Attributes + 1)));
        Assert.Equal(SdpErrorKind.TooManyMedia, Error("v=0\r\n" + Repeat("m=audio 1 RTP/AVP 0\r\n", SdpLimits.Media + 1)));
        Assert.Equal(SdpErrorKind.TooManyFormats, Error("v=0\r\nm=audio 1 RTP/AVP" + Repeat(" 0", SdpLimits.Formats + 1)));
        Assert.Equal(SdpErrorKind.TooManyLines, Error("v=0\r\n" + Repeat("i=x\r\n", SdpLimits.Lines + 1)));
    }

    [Fact]
    public void SurvivesMutations()
    {
        var random = new Random(4711);
        var seeds = Files().Select(f => File.ReadAllBytes(Path.Combine(SharedData.Find("data/sip/sdp-transform")!, f))).ToList();
        seeds.Add("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\n"u8.ToArray());
        var parsed = 0;
        for (var i = 0; i < 3_000; i++)
        {
            var bytes = (byte[])seeds[random.Next(seeds.Count)].Clone();
            for (var k = random.Next(1, 8); k > 0; k--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (!SdpDescription.TryParse(bytes.AsSpan(0, random.Next(bytes.Length + 1)), out var sdp, out _))
                continue;
            parsed++;
            var result = OfferAnswer.Answer(sdp!, OfferAnswerTests.Local(), 1);
            Assert.True(result.Failure is null ? result.Answer!.Media.Count == sdp!.Media.Count : result.StatusCode >= 400);
            foreach (var media in sdp!.Media)
                _ = (media.Payloads.Count, media.Rtcp, media.PtimeMs);
        }
        Assert.True(parsed > 100);
    }

    private static SdpDescription Parse(string text)
    {
        Assert.True(SdpDescription.TryParse(text, out var sdp, out var error), error.ToString());
        return sdp!;
    }

    private static SdpErrorKind Error(string text)
    {
        Assert.False(SdpDescription.TryParse(text, out _, out var error));
        return error.Kind;
    }
}
