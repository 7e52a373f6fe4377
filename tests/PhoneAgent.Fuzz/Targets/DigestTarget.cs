using System.Text;
using PhoneAgent.Telephony.Sip.Digest;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Testing;

namespace PhoneAgent.Fuzz.Targets;

/// <summary>Authorization towards the server, WWW-Authenticate towards the client. Nothing forged is ever accepted.</summary>
internal sealed class DigestTarget : IFuzzTarget
{
    private readonly DigestAuthenticator _server = new(new DigestServerOptions("r"), user => user == "alice" ? "secret" : null, new VirtualTime());

    public string Name => "digest";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        Encoding.ASCII.GetBytes("Digest username=\"alice\", realm=\"r\", nonce=\"abc\", uri=\"sip:a@b\", response=\"6629fae49393a05397450978507c4ef1\", qop=auth, nc=00000001, cnonce=\"x\", algorithm=MD5"),
        Encoding.ASCII.GetBytes("Digest realm=\"r\", nonce=\"n\", qop=\"auth,auth-int\", algorithm=SHA-256, opaque=\"o\\\"p\", stale=TRUE"),
        Encoding.ASCII.GetBytes("Digest realm=\"r\",nonce=\"\",algorithm=MD5-sess,,username*=UTF-8''a"),
    ];

    public bool Run(ReadOnlySpan<byte> input)
    {
        string header = Encoding.Latin1.GetString(input).ReplaceLineEndings(" ");
        bool isDigest = DigestFields.TryParse(header, out _);
        SipRequest request = Parse<SipRequest>("INVITE sip:a@b SIP/2.0", null);
        request.Headers.Set(SipHeaderNames.Authorization, header);
        if (_server.Check(request).Verdict is DigestVerdict.Accepted or DigestVerdict.Stale)
            throw new FuzzException("a forged answer was accepted");
        SipResponse response = Parse<SipResponse>("SIP/2.0 401 Unauthorized", header);
        new DigestClient(new DigestCredentials("alice", "secret")).Answer(Parse<SipRequest>("INVITE sip:a@b SIP/2.0", null), response);
        return isDigest;
    }

    private static T Parse<T>(string startLine, string? challenge) where T : SipMessage
    {
        byte[] bytes = AllTargets.Lines(startLine, "Via: SIP/2.0/UDP h;branch=z9hG4bK2", "From: <sip:a@b>;tag=9", "To: <sip:c@d>", "Call-ID: x", "CSeq: 2 INVITE", "Max-Forwards: 70", "Content-Length: 0", "");
        if (!SipParser.TryParse(bytes, out SipMessage? message, out SipParseError? error))
            throw new FuzzException($"the frame of the input does not parse: {error}");
        if (challenge is not null)
            message.Headers.Set(SipHeaderNames.WwwAuthenticate, challenge);
        return (T)message;
    }
}
