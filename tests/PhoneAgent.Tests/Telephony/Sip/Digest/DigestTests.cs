using PhoneAgent.Telephony.Sip.Digest;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Sip.Digest;

public class DigestTests
{
    private const string Realm = "example.com";
    private readonly VirtualTime _time = new();

    // RFC 2617 §3.5 and RFC 7616 §3.9.1.
    [Theory]
    [InlineData(DigestAlgorithm.Md5, "testrealm@host.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093", "0a4f113b", "Mufasa", "Circle Of Life",
        "6629fae49393a05397450978507c4ef1")]
    [InlineData(DigestAlgorithm.Md5, "http-auth@example.org", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "Mufasa", "Circle of Life", "8ca523f5e9506fed4657c9700eebdbec")]
    [InlineData(DigestAlgorithm.Sha256, "http-auth@example.org", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "Mufasa", "Circle of Life",
        "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1")]
    public void The_examples_of_the_rfcs(
        DigestAlgorithm algorithm, string realm, string nonce, string cnonce, string user, string password, string expected) =>
        Assert.Equal(expected, DigestCalculator.Compute(
            new DigestInput(algorithm, realm, nonce, "GET", "/dir/index.html", "auth", "00000001", cnonce), user, password));

    [Fact]
    public void Without_qop_the_form_of_rfc_2069_is_used() =>
        // H(H(A1):nonce:H(A2)) computed by hand from RFC 2617's user and realm.
        Assert.Equal("670fd8c2df070c60b045671b8b24ff02", DigestCalculator.Compute(
            new DigestInput(DigestAlgorithm.Md5, "testrealm@host.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093", "GET", "/dir/index.html"), "Mufasa", "Circle Of Life"));

    [Theory]
    [InlineData(null)]
    [InlineData("SHA-256")]
    [InlineData("MD5")]
    public void Client_and_server_agree(string? onlyAlgorithm)
    {
        DigestAuthenticator server = Server();
        var client = new DigestClient(new DigestCredentials("bob", "zanzibar"));
        SipRequest request = Request();
        SipResponse challenge = Challenge(server, onlyAlgorithm);

        Assert.Equal(DigestVerdict.Absent, server.Check(request).Verdict);
        Assert.Equal(DigestClientResult.Authorized, client.Answer(request, challenge));
        Assert.Equal(new DigestCheck(DigestVerdict.Accepted, "bob"), server.Check(request));

        string header = request.Headers.Get(SipHeaderNames.Authorization)!;
        Assert.Contains($"algorithm={onlyAlgorithm ?? "SHA-256"}", header, StringComparison.Ordinal);
        Assert.Contains("nc=00000001", header, StringComparison.Ordinal);
    }

    [Fact]
    public void Later_requests_use_the_nonce_again_with_a_higher_count_and_replays_are_stale()
    {
        DigestAuthenticator server = Server();
        var client = new DigestClient(new DigestCredentials("bob", "zanzibar"));
        SipRequest first = Request(), second = Request();
        client.Answer(first, Challenge(server));
        Assert.Equal(DigestVerdict.Accepted, server.Check(first).Verdict);

        client.Authorize(second);

        Assert.Contains("nc=00000002", second.Headers.Get(SipHeaderNames.Authorization), StringComparison.Ordinal);
        Assert.Equal(DigestVerdict.Accepted, server.Check(second).Verdict);
        Assert.Equal(DigestVerdict.Stale, server.Check(second).Verdict);
        Assert.Equal(DigestVerdict.Stale, server.Check(first).Verdict);
    }

    [Fact]
    public void An_old_nonce_is_stale_and_a_stale_challenge_is_answered_again()
    {
        DigestAuthenticator server = Server();
        var client = new DigestClient(new DigestCredentials("bob", "zanzibar"));
        SipRequest request = Request();
        client.Answer(request, Challenge(server));
        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(DigestVerdict.Stale, server.Check(request).Verdict);

        Assert.Equal(DigestClientResult.Authorized, client.Answer(request, Challenge(server, stale: true)));

        Assert.Equal(DigestVerdict.Accepted, server.Check(request).Verdict);
    }

    [Fact]
    public void A_wrong_password_is_tried_once()
    {
        DigestAuthenticator server = Server();
        var client = new DigestClient(new DigestCredentials("bob", "wrong"));
        SipRequest request = Request();
        client.Answer(request, Challenge(server));

        Assert.Equal(DigestVerdict.Wrong, server.Check(request).Verdict);
        Assert.Equal(DigestClientResult.Rejected, client.Answer(request, Challenge(server)));
    }

    [Fact]
    public void Unknown_users_forged_nonces_and_other_uris_are_wrong()
    {
        DigestAuthenticator server = Server();
        SipRequest request = Request();
        new DigestClient(new DigestCredentials("eve", "zanzibar")).Answer(request, Challenge(server));
        Assert.Equal(DigestVerdict.Wrong, server.Check(request).Verdict);

        request = Request();
        new DigestClient(new DigestCredentials("bob", "zanzibar")).Answer(request, Challenge(Server()));
        Assert.Equal(DigestVerdict.Wrong, server.Check(request).Verdict);

        request = Request();
        new DigestClient(new DigestCredentials("bob", "zanzibar")).Answer(request, Challenge(server));
        request.RequestUri = SipUri.Parse("sip:somebody-else@example.com");
        Assert.Equal(DigestVerdict.Wrong, server.Check(request).Verdict);
    }

    [Fact]
    public void Memory_is_bounded_and_forgetting_does_not_reopen_replay()
    {
        var server = new DigestAuthenticator(new DigestServerOptions(Realm) { MaxNonces = 10 }, _ => "zanzibar", _time);
        SipRequest? first = null;
        for (int i = 0; i < 50; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            SipRequest request = Request();
            new DigestClient(new DigestCredentials("bob", "zanzibar")).Answer(request, Challenge(server));
            Assert.Equal(DigestVerdict.Accepted, server.Check(request).Verdict);
            first ??= request;
        }
        Assert.Equal(10, server.RememberedNonces);
        Assert.Equal(DigestVerdict.Stale, server.Check(first!).Verdict);
    }

    [Theory]
    [InlineData("Basic realm=\"x\"")]
    [InlineData("Digest realm=\"x\", nonce=\"y\", algorithm=TOKEN")]
    [InlineData("Digest realm=\"x\", nonce=\"y\", qop=\"auth-int\"")]
    [InlineData("Digest realm=\"x\"")]
    [InlineData("Digest realm=\"x, nonce=\"y\"")]
    public void Challenges_beyond_us_are_unsupported(string challenge)
    {
        var response = new SipResponse(407);
        response.Headers.Add(SipHeaderNames.ProxyAuthenticate, challenge);

        Assert.Equal(DigestClientResult.Unsupported, new DigestClient(new DigestCredentials("bob", "x")).Answer(Request(), response));
    }

    [Fact]
    public void Proxy_and_server_are_answered_together_and_opaque_comes_back()
    {
        var response = new SipResponse(407);
        response.Headers.Add(SipHeaderNames.ProxyAuthenticate, "Digest realm=\"p\", nonce=\"1\", opaque=\"o\\\"p\"");
        response.Headers.Add(SipHeaderNames.WwwAuthenticate, "Digest realm=\"s\", nonce=\"2\", qop=\"auth\", algorithm=MD5-sess");
        SipRequest request = Request();

        new DigestClient(new DigestCredentials("bob", "x")).Answer(request, response);

        string proxy = request.Headers.Get(SipHeaderNames.ProxyAuthorization)!;
        Assert.Contains("opaque=\"o\\\"p\"", proxy, StringComparison.Ordinal);
        Assert.DoesNotContain("nc=", proxy, StringComparison.Ordinal);
        Assert.Contains("MD5-sess", request.Headers.Get(SipHeaderNames.Authorization), StringComparison.Ordinal);
    }

    private DigestAuthenticator Server() =>
        new(new DigestServerOptions(Realm), user => user == "bob" ? "zanzibar" : null, _time);

    private static SipRequest Request() => new(SipMethods.Invite, SipUri.Parse("sip:agent@example.com"));

    private static SipResponse Challenge(DigestAuthenticator server, string? onlyAlgorithm = null, bool stale = false)
    {
        var response = new SipResponse(401);
        server.AddChallenges(response, stale);
        string[] offered = [.. response.Headers.GetAll(SipHeaderNames.WwwAuthenticate)];
        response.Headers.Remove(SipHeaderNames.WwwAuthenticate);
        // Weakest first: the client must not simply take the first.
        foreach (string header in offered.Reverse())
            if (onlyAlgorithm is null || header.Contains($"algorithm={onlyAlgorithm}", StringComparison.Ordinal))
                response.Headers.Add(SipHeaderNames.WwwAuthenticate, header);
        return response;
    }
}
