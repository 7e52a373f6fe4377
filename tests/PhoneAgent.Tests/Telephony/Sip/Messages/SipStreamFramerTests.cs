using System.Text;
using PhoneAgent.Telephony.Sip.Messages;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Sip.Messages;

public class SipStreamFramerTests
{
    private static readonly byte[] s_message = Encoding.ASCII.GetBytes(SipParserTests.Options + "l: 4\r\n\r\nbody");

    [Fact]
    public void Messages_come_out_whole_however_the_stream_is_cut()
    {
        byte[] stream = [.. s_message, .. "\r\n\r\n"u8, .. s_message, .. "\r\n"u8, .. s_message];
        for (int chunk = 1; chunk < stream.Length; chunk += 7)
        {
            var buffer = new List<byte>();
            var results = new List<SipFrameResult>();
            foreach (byte[] part in stream.Chunk(chunk))
            {
                buffer.AddRange(part);
                while (SipStreamFramer.TryReadFrame(buffer.ToArray(), out int consumed, out ReadOnlySpan<byte> frame) is var result
                    && result != SipFrameResult.NeedMore)
                {
                    if (result == SipFrameResult.Message)
                        Assert.Equal(s_message, frame.ToArray());
                    results.Add(result);
                    buffer.RemoveRange(0, consumed);
                }
            }
            Assert.Equal(3, results.Count(result => result == SipFrameResult.Message));
            Assert.DoesNotContain(SipFrameResult.Broken, results);
            Assert.Empty(buffer);
        }
    }

    [Theory]
    [InlineData("content-LENGTH  : 2\r\n")]
    [InlineData("l:\r\n 2\r\n")]
    [InlineData("Subject: x\r\n l: 7\r\nL:2\r\n")]
    public void The_length_is_found_however_it_is_written(string header)
    {
        byte[] message = Encoding.ASCII.GetBytes($"OPTIONS sip:a SIP/2.0\r\n{header}\r\nab");
        Assert.Equal(SipFrameResult.Message, SipStreamFramer.TryReadFrame([.. message, .. "OPT"u8], out int consumed, out _));
        Assert.Equal(message.Length, consumed);
    }

    [Fact]
    public void Ping_and_pong_are_told_apart()
    {
        Assert.Equal(SipFrameResult.Ping, SipStreamFramer.TryReadFrame("\r\n\r\n"u8, out int consumed, out _));
        Assert.Equal(4, consumed);
        Assert.Equal(SipFrameResult.Pong, SipStreamFramer.TryReadFrame("\r\nOPTIONS"u8, out consumed, out _));
        Assert.Equal(2, consumed);
        Assert.Equal(SipFrameResult.NeedMore, SipStreamFramer.TryReadFrame("\r"u8, out consumed, out _));
        Assert.Equal(0, consumed);
    }

    [Theory]
    [InlineData("OPTIONS sip:a SIP/2.0\r\nVia: x\r\n\r\n")]
    [InlineData("OPTIONS sip:a SIP/2.0\r\nl: x\r\n\r\n")]
    [InlineData("OPTIONS sip:a SIP/2.0\r\nl: -1\r\n\r\n")]
    [InlineData("OPTIONS sip:a SIP/2.0\r\nl: 99999999999\r\n\r\n")]
    [InlineData("OPTIONS sip:a SIP/2.0\r\nl:\r\n\r\n")]
    [InlineData("OPTIONS sip:a SIP/2.0\r\nl: 65537\r\n\r\n")]
    [InlineData("OPTIONS sip:a SIP/2.0\r\nl: 1\r\nContent-Length: 1\r\n\r\n")]
    public void A_stream_without_a_usable_length_is_broken(string text) =>
        Assert.Equal(SipFrameResult.Broken, SipStreamFramer.TryReadFrame(Encoding.ASCII.GetBytes(text), out _, out _));

    [Fact]
    public void A_head_without_end_is_broken()
    {
        byte[] endless = new byte[SipLimits.MaxHeadBytes + 1];
        Array.Fill(endless, (byte)'a');
        Assert.Equal(SipFrameResult.Broken, SipStreamFramer.TryReadFrame(endless, out _, out _));
    }
}
