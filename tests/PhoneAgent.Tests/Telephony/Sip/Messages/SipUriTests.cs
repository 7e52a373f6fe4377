using PhoneAgent.Telephony.Sip.Messages;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Sip.Messages;

public class SipUriTests
{
    [Theory]
    [InlineData("sip:alice@atlanta.com", "alice", "atlanta.com", null)]
    [InlineData("sips:1212@gateway.com:5071", "1212", "gateway.com", 5071)]
    [InlineData("SIP:[2001:db8::1]:5060;transport=tcp", null, "[2001:db8::1]", 5060)]
    [InlineData("sip:alice:secret@atlanta.com;transport=tcp", "alice", "atlanta.com", null)]
    [InlineData("sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com", null, "atlanta.com", null)]
    [InlineData("sip:alice;day=tuesday@atlanta.com", "alice;day=tuesday", "atlanta.com", null)]
    public void Sip_uris_are_taken_apart(string text, string? user, string host, int? port)
    {
        SipUri uri = SipUri.Parse(text);

        Assert.Equal((user, host, port), (uri.User, uri.Host, uri.Port));
        Assert.Equal(text, uri.ToString(), ignoreCase: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sip")]
    [InlineData("sip:")]
    [InlineData(":5060")]
    [InlineData("sip:@host")]
    [InlineData("sip:a@b@c")]
    [InlineData("sip:host:0")]
    [InlineData("sip:host:65536")]
    [InlineData("sip:host:50 60")]
    [InlineData("sip:[::1")]
    [InlineData("sip:[zz]")]
    [InlineData("sip:al%4ice@host")]
    [InlineData("sip:al%4")]
    [InlineData("sip:ho st")]
    [InlineData("sip:host;")]
    [InlineData("sip:host; lr")]
    [InlineData("sip:host?")]
    [InlineData("sip:host?a")]
    [InlineData("<sip:host>")]
    public void What_is_no_uri_is_refused(string text) => Assert.False(SipUri.TryParse(text, out _));

    // RFC 3261 §19.1.4, the examples of both lists.
    [Theory]
    [InlineData("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp")]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5")]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com;security=on")]
    [InlineData("sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com", "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com")]
    [InlineData("sip:alice@atlanta.com?subject=project%20x&priority=urgent", "sip:alice@atlanta.com?priority=urgent&subject=project%20x")]
    [InlineData("tel:+1-201-555-0123", "tel:+12015550123")]
    public void Equal_uris(string a, string b)
    {
        Assert.Equal(SipUri.Parse(a), SipUri.Parse(b));
        Assert.Equal(SipUri.Parse(b), SipUri.Parse(a));
        Assert.Equal(SipUri.Parse(a).GetHashCode(), SipUri.Parse(b).GetHashCode());
    }

    [Theory]
    [InlineData("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP")]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060")]
    [InlineData("sip:bob@biloxi.com;transport=udp", "sip:bob@biloxi.com:6000;transport=tcp")]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting")]
    [InlineData("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4")]
    [InlineData("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off")]
    [InlineData("sip:alice@atlanta.com", "sips:alice@atlanta.com")]
    [InlineData("sip:alice@atlanta.com", "sip:alice@atlanta.com;user=phone")]
    [InlineData("sip:alice@atlanta.com", "sip:alice@atlanta.com;maddr=192.0.2.1")]
    [InlineData("sip:a%3Bb@atlanta.com", "sip:a;b@atlanta.com")]
    public void Different_uris(string a, string b)
    {
        Assert.NotEqual(SipUri.Parse(a), SipUri.Parse(b));
        Assert.NotEqual(SipUri.Parse(b), SipUri.Parse(a));
    }

    [Fact]
    public void Any_user_text_survives_create_and_parse()
    {
        var random = new Random(4711);
        for (int i = 0; i < 2000; i++)
        {
            string user = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => (char)random.Next(1, 0x2FF)));
            SipUri uri = SipUri.Create(user, "example.com");

            Assert.Equal(user, SipUri.Parse(uri.ToString()).DecodedUser);
        }
    }

    [Fact]
    public void Other_schemes_stay_as_they_are()
    {
        SipUri uri = SipUri.Parse("http://www.example.com/a?b=c");

        Assert.False(uri.IsSip);
        Assert.Equal("http://www.example.com/a?b=c", uri.ToString());
        Assert.Equal("+1201", SipUri.Parse("tel:+1201;phone-context=x").DecodedUser);
    }
}
