using PhoneAgent.Telephony.Codecs.Opus;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Codecs.Opus;

/// <summary>RFC 6716 §3.1 table 2 and §3.2; RFC 7587 §6.1 and §7.1.</summary>
public sealed class OpusPacketTests
{
    [Theory]
    [InlineData(new byte[] { }, 0)]
    [InlineData(new byte[] { 8 << 3, 1 }, 480)]          // SILK wideband 10 ms
    [InlineData(new byte[] { 9 << 3, 1 }, 960)]
    [InlineData(new byte[] { 10 << 3, 1 }, 1920)]
    [InlineData(new byte[] { 11 << 3, 1 }, 2880)]
    [InlineData(new byte[] { 12 << 3, 1 }, 480)]         // hybrid
    [InlineData(new byte[] { 15 << 3, 1 }, 960)]
    [InlineData(new byte[] { 16 << 3, 1 }, 120)]         // CELT 2.5 ms
    [InlineData(new byte[] { 31 << 3, 1 }, 960)]
    [InlineData(new byte[] { (9 << 3) | 1, 1, 1 }, 1920)]
    [InlineData(new byte[] { (9 << 3) | 2, 1, 1 }, 1920)]
    [InlineData(new byte[] { (9 << 3) | 3 }, 0)]         // no frame count
    [InlineData(new byte[] { (9 << 3) | 3, 6 }, 5760)]
    [InlineData(new byte[] { (9 << 3) | 3, 7 }, 0)]      // 140 ms
    [InlineData(new byte[] { (11 << 3) | 3, 63 }, 0)]
    public void TellsHowLongAPacketIs(byte[] packet, int expected) => Assert.Equal(expected, OpusPacket.DurationOf(packet));

    [Theory]
    [InlineData(new byte[] { 9 << 3, 0b0100_0000 }, true)]
    [InlineData(new byte[] { 9 << 3, 0b1000_0000 }, false)]
    [InlineData(new byte[] { (9 << 3) | 4, 0b0001_0000 }, true)]    // stereo: the side channel
    [InlineData(new byte[] { 11 << 3, 0b0001_0000 }, true)]         // 60 ms: three bits of voice first
    [InlineData(new byte[] { 31 << 3, 0xFF }, false)]               // CELT has none
    [InlineData(new byte[] { 9 << 3 }, false)]
    [InlineData(new byte[] { }, false)]
    public void TellsWhetherItHoldsThePacketBefore(byte[] packet, bool expected) => Assert.Equal(expected, OpusPacket.HoldsPrevious(packet));

    [Theory]
    [InlineData(null, false, false, 48000, 510_000)]
    [InlineData("", false, false, 48000, 510_000)]
    [InlineData("useinbandfec=1", true, false, 48000, 510_000)]
    [InlineData("minptime=10;useinbandfec=1", true, false, 48000, 510_000)]
    [InlineData(" maxplaybackrate=16000; UseDTX=1 ;stereo=0", false, true, 16000, 510_000)]
    [InlineData("maxaveragebitrate=12000;maxplaybackrate=7999", false, false, 48000, 12_000)]
    [InlineData("useinbandfec=2;usedtx;=;;maxaveragebitrate=99999999999999", false, false, 48000, 510_000)]
    public void ReadsWhatThePeerAsksFor(string? fmtp, bool fec, bool dtx, int playbackRate, int bitRate)
    {
        var parsed = OpusParameters.Parse(fmtp);
        Assert.Equal((fec, dtx, playbackRate, bitRate), (parsed.UseInbandFec, parsed.UseDtx, parsed.MaxPlaybackRate, parsed.MaxAverageBitRate));
    }

    [Fact]
    public void SendsNoMoreThanThePeerAsksFor()
    {
        var options = new OpusOptions { Dtx = true };
        var plain = OpusEncoderSettings.For(options, null);
        Assert.Equal((false, false, 24_000), (plain.Fec, plain.Dtx, plain.BitRate));
        var asked = OpusEncoderSettings.For(options, "useinbandfec=1;usedtx=1;maxaveragebitrate=9000;cbr=1;maxplaybackrate=8000");
        Assert.Equal((true, true, 9000, true, 8000), (asked.Fec, asked.Dtx, asked.BitRate, asked.ConstantBitRate, asked.PlaybackRate));
    }

    [Fact]
    public void AllThatIsWrongWithTheOptionsIsSaidAtOnce() =>
        Assert.Equal(4, new OpusOptions { SampleRate = 44100, BitRate = 1, ExpectedLoss = 99, Complexity = 11 }.Validate().Count);
}
