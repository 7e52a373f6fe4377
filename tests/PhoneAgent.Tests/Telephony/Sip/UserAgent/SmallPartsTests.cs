using System.Net;
using System.Text;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Registration;
using PhoneAgent.Telephony.Sip.Transfer;
using PhoneAgent.Telephony.Sip.UserAgent;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Sip.UserAgent;

public class CidrTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.255.1.2", true)]
    [InlineData("10.0.0.0/8", "11.0.0.1", false)]
    [InlineData("192.0.2.128/25", "192.0.2.200", true)]
    [InlineData("192.0.2.128/25", "192.0.2.100", false)]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.6", false)]
    [InlineData("0.0.0.0/0", "203.0.113.9", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("2001:db8::/32", "2001:db8:1::5", true)]
    [InlineData("2001:db8::/32", "2001:db9::5", false)]
    [InlineData("127.0.0.0/8", "::ffff:127.0.0.1", true)]
    public void Contains_compares_the_prefix(string network, string address, bool expected)
    {
        Assert.True(Cidr.TryParse(network, out var cidr));
        Assert.Equal(expected, cidr.Contains(IPAddress.Parse(address)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/")]
    [InlineData("::/129")]
    [InlineData("example.com")]
    public void TryParse_refuses(string? text) => Assert.False(Cidr.TryParse(text, out _));
}

public class InfoDtmfTests
{
    [Theory]
    [InlineData("Signal=1\r\nDuration=160\r\n", '1', 160)]
    [InlineData("Signal= *\r\n\r\nDuration= 80", '*', 80)]
    [InlineData("signal=11\nduration=100", '#', 100)]
    [InlineData("5", '5', 250)]
    [InlineData("Signal=d\r\n", 'D', 250)]
    [InlineData("Duration=99999999\r\nSignal=0", '0', 250)]
    public void Reads_both_forms(string body, char digit, int milliseconds)
    {
        Assert.True(InfoDtmf.TryParse(Encoding.ASCII.GetBytes(body), out var key, out var duration));
        Assert.Equal(digit, key);
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Signal=\r\n")]
    [InlineData("Signal=X")]
    [InlineData("Duration=160")]
    [InlineData("Signal=16")]
    public void Refuses_what_is_no_key(string body) => Assert.False(InfoDtmf.TryParse(Encoding.ASCII.GetBytes(body), out _, out _));

    [Fact]
    public void Refuses_bytes_that_are_not_ascii_and_bodies_without_end()
    {
        Assert.False(InfoDtmf.TryParse([0xff, 0x31], out _, out _));
        Assert.False(InfoDtmf.TryParse(new byte[5000], out _, out _));
    }
}

public class SipFragTests
{
    [Theory]
    [InlineData("SIP/2.0 200 OK\r\n", 200, "OK")]
    [InlineData("SIP/2.0 100 Trying", 100, "Trying")]
    [InlineData("SIP/2.0 486 Busy Here\r\nTo: x\r\n", 486, "Busy Here")]
    [InlineData("sip/2.0 503 \r\n", 503, "")]
    [InlineData("SIP/2.0 603", 603, "")]
    public void Reads_the_status_line(string body, int status, string reason)
    {
        // 11 octets are the shortest status line that says anything.
        Assert.True(SipFrag.TryParse(Encoding.UTF8.GetBytes(body), out var frag));
        Assert.Equal(new SipFrag(status, reason), frag);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK")]
    [InlineData("SIP/2.0 99 x")]
    [InlineData("SIP/2.0 700 x")]
    [InlineData("SIP/2.0 2000 x")]
    [InlineData("\r\nSIP/2.0 200 OK")]
    public void Refuses_others(string body) => Assert.False(SipFrag.TryParse(Encoding.UTF8.GetBytes(body), out _));

    [Fact]
    public void Writes_what_it_reads()
    {
        Assert.True(SipFrag.TryParse(new SipFrag(180, "Ringing").ToBytes(), out var frag));
        Assert.Equal(new SipFrag(180, "Ringing"), frag);
    }
}

public class BackOffTests
{
    [Fact]
    public void Doubles_with_jitter_up_to_half_an_hour()
    {
        var random = new Random(7);
        for (var failures = 1; failures < 60; failures++)
        {
            var upper = Math.Min(1800, 30 * Math.Pow(2, failures - 1));
            Assert.InRange(BackOff.After(failures, random).TotalSeconds, upper / 2, upper);
        }
    }

    [Fact]
    public void Two_clients_do_not_come_back_together() =>
        Assert.NotEqual(BackOff.After(3, new Random(1)), BackOff.After(3, new Random(2)));
}

public class SessionTimerTests
{
    [Theory]
    [InlineData("1800", 1800, Refresher.Unspecified)]
    [InlineData("90;refresher=uas", 90, Refresher.Uas)]
    [InlineData(" 120 ; Refresher=UAC", 120, Refresher.Uac)]
    internal void Reads_session_expires(string text, int seconds, Refresher refresher)
    {
        Assert.True(SessionExpires.TryParse(text, out var value));
        Assert.Equal(new SessionExpires(seconds, refresher), value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("soon")]
    [InlineData(";refresher=uac")]
    public void Refuses_other_values(string text) => Assert.False(SessionExpires.TryParse(text, out _));

    [Fact]
    public void Answer_keeps_the_refresher_that_was_asked_for() =>
        Assert.Equal(new SessionExpires(600, Refresher.Uas),
            SessionTimerNegotiation.Answer(new SessionExpires(600, Refresher.Uas), true, 0, 1800));

    [Fact]
    public void Answer_lets_a_capable_caller_refresh() =>
        Assert.Equal(new SessionExpires(600, Refresher.Uac),
            SessionTimerNegotiation.Answer(new SessionExpires(600, Refresher.Unspecified), true, 0, 1800));

    [Fact]
    public void Answer_refreshes_for_a_caller_that_cannot() =>
        Assert.Equal(new SessionExpires(600, Refresher.Uas),
            SessionTimerNegotiation.Answer(new SessionExpires(600, Refresher.Uac), false, 0, 1800));

    [Fact]
    public void Answer_asks_for_nothing_from_a_peer_without_the_extension() =>
        Assert.Null(SessionTimerNegotiation.Answer(null, false, 0, 1800));

    [Fact]
    public void Answer_honours_min_se() =>
        Assert.Equal(new SessionExpires(3600, Refresher.Uas), SessionTimerNegotiation.Answer(null, true, 3600, 1800));

    [Fact]
    public void Only_a_peer_that_knows_the_extension_is_told_that_it_is_too_short()
    {
        Assert.True(SessionTimerNegotiation.IsTooSmall(new SessionExpires(60, Refresher.Unspecified), true, 90));
        Assert.False(SessionTimerNegotiation.IsTooSmall(new SessionExpires(60, Refresher.Unspecified), false, 90));
        Assert.False(SessionTimerNegotiation.IsTooSmall(new SessionExpires(90, Refresher.Unspecified), true, 90));
    }

    [Fact]
    public void The_refresher_acts_half_way_and_the_other_32_seconds_before_the_end()
    {
        Assert.Equal(TimeSpan.FromSeconds(900), SessionTimerNegotiation.Terms(new SessionExpires(1800, Refresher.Uac), weAreUac: true).ActAfter);
        Assert.Equal(TimeSpan.FromSeconds(1768), SessionTimerNegotiation.Terms(new SessionExpires(1800, Refresher.Uac), weAreUac: false).ActAfter);
        Assert.Equal(TimeSpan.FromSeconds(60), SessionTimerNegotiation.Terms(new SessionExpires(90, Refresher.Uas), weAreUac: true).ActAfter);
    }
}

public class EndCausesTests
{
    [Theory]
    [InlineData(486, CallEndCause.Busy)]
    [InlineData(600, CallEndCause.Busy)]
    [InlineData(480, CallEndCause.NoAnswer)]
    [InlineData(404, CallEndCause.NotFound)]
    [InlineData(403, CallEndCause.Rejected)]
    [InlineData(603, CallEndCause.Rejected)]
    [InlineData(401, CallEndCause.Unauthorized)]
    [InlineData(488, CallEndCause.NotAcceptable)]
    [InlineData(487, CallEndCause.Cancelled)]
    [InlineData(503, CallEndCause.Failed)]
    public void Names_the_cause(int status, CallEndCause cause)
    {
        var end = EndCauses.FromStatus(status, "why");
        Assert.Equal(cause, end.Cause);
        Assert.Equal(status, end.StatusCode);
        Assert.Equal("why", end.Reason);
    }
}
