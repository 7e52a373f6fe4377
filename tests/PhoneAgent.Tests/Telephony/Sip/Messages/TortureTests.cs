using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Sip.Messages;

/// <summary>
/// Every message of RFC 4475. What the parser must take is "valid" there, or faulty in a way that only the user agent
/// can judge (an unknown body type, extension or authentication scheme), which is noted.
/// </summary>
public class TortureTests
{
    private const string Folder = "data/sip/rfc4475";

    [RequiresTheory(Shared = Folder)]
    [InlineData("valid/dblreq", "REGISTER", "second request in the datagram is not part of the body (§18.3)")]
    [InlineData("valid/esc01", "INVITE", "")]
    [InlineData("valid/esc02", "RE%47IST%45R", "an escape in a method means nothing: this is not REGISTER")]
    [InlineData("valid/escnull", "REGISTER", "")]
    [InlineData("valid/intmeth", "!interesting-Method0123456789_*+`.%indeed'~", "")]
    [InlineData("valid/longreq", "INVITE", "")]
    [InlineData("valid/lwsdisp", "OPTIONS", "")]
    [InlineData("valid/mpart01", "MESSAGE", "")]
    [InlineData("valid/noreason", "100", "")]
    [InlineData("valid/semiuri", "OPTIONS", "")]
    [InlineData("valid/transports", "OPTIONS", "")]
    [InlineData("valid/unreason", "200", "")]
    [InlineData("valid/wsinv", "INVITE", "")]
    [InlineData("invalid/badbranch", "OPTIONS", "a bare cookie falls back to the matching of RFC 2543")]
    [InlineData("invalid/baddate", "INVITE", "Date may be ignored, and is")]
    [InlineData("invalid/bcast", "200", "dropped by the transaction layer: two Vias")]
    [InlineData("invalid/bext01", "OPTIONS", "420 is the user agent's")]
    [InlineData("invalid/cparam01", "REGISTER", "")]
    [InlineData("invalid/cparam02", "REGISTER", "")]
    [InlineData("invalid/inv2543", "INVITE", "RFC 2543: no branch, no From tag, no Max-Forwards")]
    [InlineData("invalid/invut", "INVITE", "415 is the user agent's")]
    [InlineData("invalid/regaut01", "REGISTER", "401 is the user agent's")]
    [InlineData("invalid/regescrt", "REGISTER", "")]
    [InlineData("invalid/sdp01", "INVITE", "406 is the user agent's")]
    [InlineData("invalid/unksm2", "REGISTER", "unknown schemes in To, From and Contact are kept as they are")]
    [InlineData("invalid/zeromf", "OPTIONS", "an endpoint processes a request with 0 hops left")]
    public void Is_taken(string name, string startsWith, string why)
    {
        byte[] bytes = Read(name);

        Assert.True(SipParser.TryParse(bytes, out SipMessage? message, out SipParseError? error), $"{error} {why}");

        Assert.Equal(startsWith, message is SipRequest request
            ? request.Method
            : ((SipResponse)message).StatusCode.ToString(System.Globalization.CultureInfo.InvariantCulture));
        AssertReadable(message);
        AssertRoundTrip(message);
    }

    [RequiresTheory(Shared = Folder)]
    [InlineData("badaspec", 400, true)]
    [InlineData("baddn", 400, true)]
    [InlineData("badinv01", 400, true)]
    [InlineData("badvers", 505, true)]
    [InlineData("clerr", 400, true)]
    [InlineData("escruri", 400, true)]
    [InlineData("ltgtruri", 400, true)]
    [InlineData("lwsruri", 400, true)]
    [InlineData("lwsstart", 400, true)]
    [InlineData("mcl01", 400, true)]
    [InlineData("mismatch01", 400, true)]
    [InlineData("mismatch02", 400, true)]
    [InlineData("multi01", 400, true)]
    [InlineData("ncl", 400, true)]
    [InlineData("novelsc", 416, true)]
    [InlineData("quotbal", 400, true)]
    [InlineData("regbadct", 400, true)]
    [InlineData("scalar02", 400, true)]
    [InlineData("trws", 400, true)]
    [InlineData("unkscm", 416, true)]
    // Nothing to answer to, or a response: dropped.
    [InlineData("bigcode", 400, false)]
    [InlineData("insuf", 400, false)]
    [InlineData("scalarlg", 400, false)]
    [InlineData("test", 400, false)]
    public void Is_refused(string name, int statusCode, bool answered)
    {
        byte[] bytes = Read("invalid/" + name);

        Assert.False(SipParser.TryParse(bytes, out SipMessage? message, out SipParseError? error));

        Assert.Null(message);
        Assert.Equal(statusCode, error.StatusCode);
        SipResponse? response = error.CreateResponse();
        Assert.Equal(answered, response is not null);
        if (response is null)
            return;
        Assert.Equal(statusCode, response.StatusCode);
        foreach (string header in new[] { SipHeaderNames.Via, SipHeaderNames.From, SipHeaderNames.CallId, SipHeaderNames.CSeq })
            Assert.Equal(error.Answerable!.Headers.GetAll(header), response.Headers.GetAll(header));
    }

    [RequiresFact(Shared = Folder)]
    public void No_file_is_left_out()
    {
        string[] named = [.. typeof(TortureTests).GetMethods()
            .SelectMany(method => method.GetCustomAttributesData())
            .Where(data => data.AttributeType == typeof(InlineDataAttribute))
            .Select(data => (string)((IReadOnlyList<System.Reflection.CustomAttributeTypedArgument>)data.ConstructorArguments[0].Value!)[0].Value!)
            .Select(Path.GetFileName)!];
        IEnumerable<string?> files = Directory.EnumerateFiles(SharedData.Require(Folder), "*.dat", SearchOption.AllDirectories)
            .Select(Path.GetFileNameWithoutExtension);

        Assert.Equal(files.Order(), named.Order());
    }

    [RequiresFact(Shared = Folder)]
    public void Dblreq_ends_at_its_content_length() => Assert.Equal(0, Request("valid/dblreq").Body.Length);

    [RequiresFact(Shared = Folder)]
    public void Esc01_keeps_escapes_and_decodes_them()
    {
        SipRequest request = Request("valid/esc01");

        Assert.Equal("sips%3Auser%40example.com", request.RequestUri.User);
        Assert.Equal("sips:user@example.com", request.RequestUri.DecodedUser);
        Assert.Equal("example.net", request.RequestUri.Host);
        Assert.Equal("I have spaces", request.From.Uri.DecodedUser);
        Assert.Equal(SipUri.Parse("sip:user@example.com"), request.To.Uri);
        SipNameAddress contact = Assert.Single(request.Contacts);
        Assert.Equal("cal%6Cer", contact.Uri.User);
        Assert.True(contact.Uri.Parameters.Contains("%6C%72"));
        Assert.False(contact.Uri.IsLooseRouter);
    }

    [RequiresFact(Shared = Folder)]
    public void Esc02_does_not_decode_where_escapes_mean_nothing()
    {
        SipRequest request = Request("valid/esc02");

        Assert.Equal("%Z%45", request.To.DisplayName);
        Assert.Equal(2, request.Contacts.Count);
    }

    [RequiresFact(Shared = Folder)]
    public void Escnull_keeps_zero_bytes() =>
        Assert.Equal("null-\0-null", Request("valid/escnull").From.Uri.DecodedUser);

    [RequiresFact(Shared = Folder)]
    public void Intmeth_reads_unusual_but_legal_parts()
    {
        SipRequest request = Request("valid/intmeth");

        Assert.Equal("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*", request.RequestUri.User);
        Assert.Equal("&it+has=1,weird!*pas$wo~d_too.(doesn't-it)", request.RequestUri.Password);
        Assert.Equal("example.com", request.RequestUri.Host);
        Assert.Equal("BEL:\a NUL:\0 DEL:\x7F", request.To.DisplayName);
        Assert.Equal("token1~` token2'+_ token3*%!.-", request.From.DisplayName);
        Assert.Equal("_token~1'+`*%!-.", request.From.Tag);
        Assert.Equal("работающий", request.From.Parameters.Get("fromParam''~+*_!.-%"));
        Assert.Equal("z9hG4bK-.!%66*_+`'~", request.TopVia.Branch);
    }

    [RequiresFact(Shared = Folder)]
    public void Lwsdisp_needs_no_space_before_the_bracket() => Assert.Equal("caller", Request("valid/lwsdisp").From.DisplayName);

    [RequiresFact(Shared = Folder)]
    public void Mpart01_gives_up_its_parts()
    {
        SipRequest request = Request("valid/mpart01");

        Assert.True(SipMultipart.TryGetPart(request, "text/plain", out ReadOnlyMemory<byte> text));
        Assert.Equal("Hello", System.Text.Encoding.ASCII.GetString(text.Span));
        Assert.True(SipMultipart.TryGetPart(request, "application/octet-stream", out ReadOnlyMemory<byte> blob));
        Assert.Equal(0x30, blob.Span[0]);
        Assert.Null(SipMultipart.GetSdp(request));
    }

    [RequiresFact(Shared = Folder)]
    public void Noreason_has_an_empty_phrase()
    {
        Assert.True(SipParser.TryParse(Read("valid/noreason"), out SipMessage? message, out _));
        Assert.Equal("", ((SipResponse)message).ReasonPhrase);
    }

    [RequiresFact(Shared = Folder)]
    public void Semiuri_has_its_parameter_in_the_user_part()
    {
        SipRequest request = Request("valid/semiuri");

        Assert.Equal("user;par=u@example.net", request.RequestUri.DecodedUser);
        Assert.Empty(request.RequestUri.Parameters);
    }

    [RequiresFact(Shared = Folder)]
    public void Transports_are_kept_known_or_not() =>
        Assert.Equal(["UDP", "SCTP", "TLS", "UNKNOWN", "TCP"], Request("valid/transports").Vias.Select(via => via.Transport));

    [RequiresFact(Shared = Folder)]
    public void Wsinv_reads_white_space_wherever_it_may_be()
    {
        SipRequest request = Request("valid/wsinv");

        Assert.Equal("1918181833n", request.To.Tag);
        Assert.Equal("J Rosenberg \\\"", request.From.DisplayName);
        Assert.Equal(68, request.MaxForwards);
        Assert.Equal(new SipCSeq(9, "INVITE"), request.CSeq);
        Assert.Equal(["192.0.2.2", "spindle.example.com", "192.168.255.111"], request.Vias.Select(via => via.Host));
        Assert.Equal(["390skdjuw", "z9hG4bK9ikj8", "z9hG4bK30239"], request.Vias.Select(via => via.Branch));
        Assert.Equal("newfangled value continued newfangled value", request.Headers.Get("NewFangledHeader"));
        Assert.True(Assert.Single(request.Routes).Uri.IsLooseRouter);
        SipNameAddress contact = Assert.Single(request.Contacts);
        Assert.Equal("Quoted string \"\"", contact.DisplayName);
        Assert.Equal("0.33", contact.Parameters.Get("q"));
        Assert.Equal(150, request.Body.Length);
    }

    private static byte[] Read(string name) => File.ReadAllBytes(SharedData.Require($"{Folder}/{name}.dat"));

    private static SipRequest Request(string name)
    {
        Assert.True(SipParser.TryParse(Read(name), out SipMessage? message, out SipParseError? error), error?.Detail);
        return (SipRequest)message;
    }

    private static void AssertReadable(SipMessage message)
    {
        Assert.NotEmpty(message.Vias);
        Assert.NotNull(message.From.Uri);
        Assert.NotNull(message.To.Uri);
        Assert.NotEmpty(message.CallId);
        Assert.NotEmpty(message.CSeq.Method);
    }

    private static void AssertRoundTrip(SipMessage message)
    {
        byte[] written = message.ToBytes();
        Assert.True(SipParser.TryParse(written, out SipMessage? again, out SipParseError? error), error?.Detail);
        Assert.Equal(written, again.ToBytes());
        Assert.Equal(message.Headers.Where(IsKept), again.Headers.Where(IsKept));
        Assert.Equal(message.Body.ToArray(), again.Body.ToArray());
    }

    private static bool IsKept(SipHeader header) => header.Name != SipHeaderNames.ContentLength;
}
