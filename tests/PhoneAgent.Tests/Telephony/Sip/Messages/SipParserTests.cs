using System.Text;
using System.Text.RegularExpressions;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Sip.Messages;

public partial class SipParserTests
{
    public const string Options =
        "OPTIONS sip:a@b.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;rport;branch=z9hG4bKabc\r\nFrom: <sip:c@d.com>;tag=1\r\n"
        + "To: <sip:a@b.com>\r\nCall-ID: 1@d\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\n";

    [RequiresTheory(Shared = "data/sip/sipgo-fuzz")]
    [InlineData("2c025c3ae292cb8b")]
    [InlineData("60d4a7b56f87dca0")]
    [InlineData("8f6bb03248a83474")]
    [InlineData("8f997b6062f4880d")]
    [InlineData("92cfc4c51bbcdddf")]
    [InlineData("c7b2fa4d8767b928")]
    [InlineData("cfdb2b227e2e14aa")]
    [InlineData("dc4d8cf7ba83620b")]
    public void Crashers_of_other_stacks_are_refused(string seed)
    {
        string file = SharedData.Require($"data/sip/sipgo-fuzz/{seed}");
        string text = Regex.Unescape(GoString().Match(File.ReadAllText(file)).Groups[1].Value);

        Assert.False(SipParser.TryParse(Encoding.Latin1.GetBytes(text), out _, out SipParseError? error));
        Assert.Null(error.CreateResponse());
    }

    [Fact]
    public void Mutated_messages_never_throw_and_what_parses_round_trips()
    {
        byte[][] seeds = [.. Seeds()];
        var random = new Random(3261);
        int parsed = 0;
        for (int i = 0; i < 30_000; i++)
        {
            byte[] bytes = Mutate(seeds[random.Next(seeds.Length)], random);
            if (SipParser.TryParse(bytes, out SipMessage? message, out SipParseError? error))
            {
                parsed++;
                byte[] written = message.ToBytes();
                Assert.True(SipParser.TryParse(written, out SipMessage? again, out error), error?.Detail);
                Assert.Equal(written, again.ToBytes());
                ReadEverything(message);
            }
            else
            {
                error.CreateResponse()?.ToBytes();
            }
            SipStreamFramer.TryReadFrame(bytes, out _, out _);
        }
        Assert.InRange(parsed, 1000, 29_000);
    }

    [Fact]
    public void Compact_names_are_full_names()
    {
        SipRequest request = Parse("v: SIP/2.0/UDP h;branch=z9hG4bK1\r\nf: sip:a@b;tag=1\r\nt: sip:c@d\r\ni: x\r\nm: <sip:m@n>\r\n"
            + "k: timer, 100rel\r\nx: 1800;refresher=uas\r\nr: <sip:r@s?Replaces=1%3Bto-tag%3D2%3Bfrom-tag%3D3>\r\nb: <sip:b@y>\r\no: refer;id=4\r\n");

        Assert.Equal("z9hG4bK1", request.TopVia.Branch);
        Assert.True(request.Supports("100REL"));
        Assert.Equal(1800u, request.SessionExpires!.Seconds);
        Assert.Equal("uas", request.SessionExpires.Parameters.Get("refresher"));
        SipHeader replaces = Assert.Single(request.ReferTo!.Uri.EmbeddedHeaders);
        Assert.Equal(new SipHeader("Replaces", "1;to-tag=2;from-tag=3"), replaces);
        Assert.Equal("b", request.ReferredBy!.Uri.User);
        Assert.Equal("4", request.Event!.Parameters.Get("id"));
    }

    [Fact]
    public void Lists_split_at_commas_that_separate()
    {
        SipRequest request = Parse(Basic + "Contact: \"a, b\" <sip:x@y;p=1>;q=1, <sip:z,w@v>,sip:k@l\r\n");

        Assert.Equal(["a, b", null, null], request.Contacts.Select(contact => contact.DisplayName));
    }

    [Theory]
    [InlineData("Contact: <sip:a@b>;;\r\n")]
    [InlineData("Contact: \"a <sip:a@b>\r\n")]
    [InlineData("Max-Forwards: 256\r\n")]
    [InlineData("Max-Forwards: -1\r\n")]
    [InlineData("Content-Length: 4294967296\r\n")]
    [InlineData("CSeq: 1 INVITE\r\nCSeq: 1 INVITE\r\n")]
    [InlineData("Bad Header: x\r\n")]
    [InlineData("Route: sip:a@b?x=y\r\n")]
    public void Faulty_headers_get_400(string headers)
    {
        Assert.False(SipParser.TryParse(Bytes(Basic + headers), out _, out SipParseError? error));
        Assert.Equal(400, error.StatusCode);
        Assert.NotNull(error.CreateResponse());
    }

    [Fact]
    public void Caps_hold()
    {
        Assert.Equal(SipFault.TooLarge, Fault(Basic + $"X: {new string('a', SipLimits.MaxHeaderBytes)}\r\n"));
        Assert.Equal(SipFault.TooLarge, Fault(Basic + string.Concat(Enumerable.Repeat("X: a\r\n", SipLimits.MaxHeaders))));
        Assert.Equal(SipFault.TooLarge, Fault(Basic + string.Concat(Enumerable.Repeat("Via: SIP/2.0/UDP h\r\n", SipLimits.MaxVias))));
        Assert.Equal(SipFault.Incomplete, Fault(Basic + string.Concat(Enumerable.Repeat($"X: {new string('a', 4000)}\r\n", 9))));
        Assert.False(SipParser.TryParse(new byte[SipLimits.MaxMessageBytes + 1], out _, out SipParseError? error));
        Assert.Equal(SipFault.TooLarge, error.Fault);
    }

    [Fact]
    public void A_faulty_ack_is_never_answered()
    {
        string ack = Options.Replace("OPTIONS", "ACK", StringComparison.Ordinal) + "Content-Length: x\r\n\r\n";
        Assert.False(SipParser.TryParse(Encoding.ASCII.GetBytes(ack), out _, out SipParseError? error));
        Assert.Null(error.CreateResponse());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n")]
    [InlineData("\r\n\r\n")]
    public void Keep_alives_are_told_apart(string text)
    {
        Assert.False(SipParser.TryParse(Encoding.ASCII.GetBytes(text), out _, out SipParseError? error));
        Assert.Equal(SipFault.KeepAlive, error.Fault);
    }

    // Found by the fuzzer: accepted once, and then without a top Via to answer to.
    [Theory]
    [InlineData("Via:")]
    [InlineData("Via: , SIP/2.0/UDP h;branch=z9hG4bK1")]
    [InlineData("Via:\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1")]
    public void A_topmost_via_that_is_empty_is_refused(string via)
    {
        string text = $"OPTIONS sip:a@b SIP/2.0\r\n{via}\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
        Assert.False(SipParser.TryParse(System.Text.Encoding.ASCII.GetBytes(text), out _, out SipParseError? error));
        Assert.Contains("Via", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_response_copies_what_it_must_and_tags_the_to()
    {
        SipRequest request = Parse(Basic + "Record-Route: <sip:p1;lr>, <sip:p2;lr>\r\nTimestamp: 54\r\n");

        SipResponse trying = SipResponse.For(request, 100);
        SipResponse ok = SipResponse.For(request, 200, toTag: "mine");

        Assert.Null(trying.To.Tag);
        Assert.Equal("54", trying.Headers.Get("Timestamp"));
        Assert.Equal("mine", ok.To.Tag);
        Assert.Equal("OK", ok.ReasonPhrase);
        Assert.Equal(["p1", "p2"], ok.RecordRoutes.Select(route => route.Uri.Host));
        Assert.Empty(SipResponse.For(request, 404).RecordRoutes);
        Assert.Empty(trying.RecordRoutes);
    }

    [Fact]
    public void A_header_value_cannot_forge_another_header()
    {
        var headers = new SipHeaders();
        Assert.Throws<ArgumentException>(() => headers.Add("Subject", "x\r\nContact: <sip:evil>"));
        Assert.Throws<ArgumentException>(() => headers.Set("Subject\r\nX", "y"));
    }

    [Fact]
    public void Headers_prepend_pop_and_replace()
    {
        var headers = new SipHeaders { { "To", "<sip:a>" } };
        headers.Prepend("Via", "SIP/2.0/UDP a, SIP/2.0/UDP b");
        headers.Prepend("v", "SIP/2.0/UDP c");

        headers.RemoveFirstValue("Via");
        Assert.Equal(["SIP/2.0/UDP a", "SIP/2.0/UDP b"], headers.GetList("VIA"));
        headers.ReplaceFirstValue("Via", "SIP/2.0/UDP a;received=1.2.3.4");
        Assert.Equal(["SIP/2.0/UDP a;received=1.2.3.4", "SIP/2.0/UDP b"], headers.GetList("Via"));
        headers.Set("Via", null);
        Assert.Single(headers);
    }

    [Fact]
    public void Via_is_stamped_with_the_source()
    {
        Assert.True(SipVia.TryParse("SIP/2.0/UDP 192.0.2.1:5062;rport;branch=z9hG4bK1", out SipVia? via));
        SipVia stamped = via.Stamp(new System.Net.IPEndPoint(System.Net.IPAddress.Parse("::ffff:192.0.2.9"), 1024));
        Assert.Equal(("192.0.2.9", 1024), (stamped.Received, stamped.RPort));

        Assert.True(SipVia.TryParse("SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1", out via));
        Assert.Same(via, via.Stamp(new System.Net.IPEndPoint(System.Net.IPAddress.Parse("192.0.2.1"), 1024)));
        Assert.Equal("192.0.2.2", via.Stamp(new System.Net.IPEndPoint(System.Net.IPAddress.Parse("192.0.2.2"), 1)).Received);
    }

    internal static byte[] Bytes(string headers) =>
        Encoding.UTF8.GetBytes($"INVITE sip:a@b.com SIP/2.0\r\n{headers}{(headers.Contains("CSeq", StringComparison.Ordinal) ? "" : "CSeq: 1 INVITE\r\n")}\r\n");

    private const string Basic = "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKabc\r\nFrom: <sip:c@d.com>;tag=1\r\nTo: <sip:a@b.com>\r\nCall-ID: 1@d\r\n";

    private static SipRequest Parse(string headers)
    {
        Assert.True(SipParser.TryParse(Bytes(headers), out SipMessage? message, out SipParseError? error), error?.Detail);
        return (SipRequest)message;
    }

    private static SipFault Fault(string headers)
    {
        Assert.False(SipParser.TryParse(Bytes(headers), out _, out SipParseError? error));
        return error.Fault;
    }

    private static IEnumerable<byte[]> Seeds()
    {
        yield return Encoding.ASCII.GetBytes(Options + "Content-Length: 0\r\n\r\n");
        yield return Bytes(Basic + "Contact: \"x\" <sip:a@[::1]:5060;transport=tcp>;q=0.5;expires=60\r\nRoute: <sip:p;lr>,<sip:q;lr>\r\n"
            + "Require: a,b\r\nSession-Expires: 90\r\nRAck: 1 2 INVITE\r\nRetry-After: 5 (busy);duration=3\r\nReplaces: a;to-tag=b\r\n");
        if (SharedData.Find("data/sip/rfc4475") is { } folder)
            foreach (string file in Directory.EnumerateFiles(folder, "*.dat", SearchOption.AllDirectories).Order())
                yield return File.ReadAllBytes(file);
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        byte[] interesting = "\r\n \t:;,<>\"\\@%[]/=?&\0\xFF09-+*"u8.ToArray();
        var bytes = new List<byte>(seed);
        for (int changes = random.Next(1, 6); changes > 0 && bytes.Count > 1; changes--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0: bytes[at] = interesting[random.Next(interesting.Length)]; break;
                case 1: bytes.Insert(at, interesting[random.Next(interesting.Length)]); break;
                case 2: bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at)); break;
                case 3: bytes[at] = (byte)random.Next(256); break;
                default: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 40), bytes.Count - at))); break;
            }
        }
        return [.. bytes];
    }

    private static void ReadEverything(SipMessage message)
    {
        foreach (System.Reflection.PropertyInfo property in message.GetType().GetProperties())
            property.GetValue(message);
        message.Headers.GetList("Accept");
        message.Headers.RemoveFirstValue("Via");
        SipMultipart.GetSdp(message);
        foreach (SipNameAddress contact in message.Contacts)
        {
            Assert.Equal(contact.Uri, SipUri.Parse(contact.Uri.ToString()));
            Assert.All(contact.Uri.EmbeddedHeaders, header => Assert.NotEmpty(header.Name));
        }
    }

    [GeneratedRegex("string\\(\"(.*)\"\\)")]
    private static partial Regex GoString();
}
