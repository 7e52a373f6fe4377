using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transfer;
using PhoneAgent.Telephony.Sip.UserAgent;

namespace PhoneAgent.Fuzz.Targets;

/// <summary>A datagram through the parser; of what it accepts every header is read, and what is written reads back.</summary>
internal sealed class SipTarget : IFuzzTarget
{
    public string Name => "sip";

    public IReadOnlyList<byte[]> Seeds { get; } =
        [.. AllTargets.Files("data/sip/rfc4475"), .. AllTargets.Files("data/sip/sipgo-fuzz"), Invite, Refer, Info, Ok, Unauthorized];

    internal static byte[] Invite => AllTargets.Lines(
        "INVITE sip:agent@127.0.0.1:5060;transport=udp SIP/2.0",
        "Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK-1-1-0;rport",
        "Record-Route: <sip:proxy.example.com;lr>, <sip:[2001:db8::1]:5061;lr>",
        "From: \"A \\\"B\\\" C\" <sip:caller@example.com>;tag=1", "To: <sip:agent@127.0.0.1>", "Call-ID: 1-1@127.0.0.1", "CSeq: 1 INVITE",
        "Contact: <sip:caller@127.0.0.1:5070>", "Max-Forwards: 70", "Supported: 100rel, timer, replaces", "Session-Expires: 1800;refresher=uac", "Min-SE: 90",
        "Content-Type: multipart/mixed;boundary=xx", "Content-Length: 80", "",
        "--xx", "Content-Type: application/sdp", "", "v=0", "o=- 1 1 IN IP4 127.0.0.1", "--xx--");

    private static byte[] Refer => AllTargets.Lines(
        "REFER sip:agent@127.0.0.1 SIP/2.0", "v: SIP/2.0/TLS host.example.com;branch=z9hG4bKx;received=192.0.2.1", "f: <sip:a@b>;tag=9", "t: <sip:c@d>;tag=8",
        "i: abc", "CSeq: 4294967295 REFER", "r: <sip:e@f?Replaces=abc%3Bto-tag%3D1%3Bfrom-tag%3D2>", "b: <sip:a@b>;cid=\"x\"", "m: <sip:a@b>;q=0.5, <tel:+1-555>",
        "Event: refer;id=5", "Subscription-State: active;expires=60", "RAck: 1 314159 INVITE", "Reason: Q.850;cause=16;text=\"x\"", "Retry-After: 18000;duration=3600", "l: 0", "");

    private static byte[] Info => AllTargets.Lines(
        "INFO sip:a@b SIP/2.0", "Via: SIP/2.0/UDP h;branch=z9hG4bK2", "From: <sip:a@b>;tag=9", "To: <sip:c@d>;tag=8", "Call-ID: x", "CSeq: 2 INFO",
        "Content-Type: application/dtmf-relay", "Content-Length: 24", "", "Signal=5", "Duration=160");

    private static byte[] Ok => AllTargets.Lines(
        "SIP/2.0 200 OK", "Via: SIP/2.0/UDP h;branch=z9hG4bK2, SIP/2.0/TCP i:5062;branch=z9hG4bK3", "From: <sip:a@b>;tag=9", "To: c <sip:c@d>;tag=8", "Call-ID: x",
        "CSeq: 2 INVITE", "RSeq: 988789", "Require: 100rel", "Contact: *", "Content-Length: 0", "");

    private static byte[] Unauthorized => AllTargets.Lines(
        "SIP/2.0 401 Unauthorized", "Via: SIP/2.0/UDP h;branch=z9hG4bK2", "From: <sip:a@b>;tag=9", "To: <sip:c@d>;tag=8", "Call-ID: x", "CSeq: 2 REGISTER",
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth,auth-int\", algorithm=SHA-256, stale=true", "Min-Expires: 60", "Expires: 3600", "Content-Length: 0", "");

    public bool Run(ReadOnlySpan<byte> input)
    {
        _ = SipFrag.TryParse(input, out _);
        _ = InfoDtmf.TryParse(input, out _, out _);
        if (!SipParser.TryParse(input, out SipMessage? message, out SipParseError? error))
        {
            if (error is null)
                throw new FuzzException("refused without a reason");
            return false;
        }
        Touch(message);
        if (!SipParser.TryParse(message.ToBytes(), out SipMessage? again, out error))
            throw new FuzzException($"what it wrote does not read back: {error}");
        if (again.CallId != message.CallId || again.CSeq != message.CSeq || !again.Body.Span.SequenceEqual(message.Body.Span))
            throw new FuzzException("what it wrote reads back as something else");
        return true;
    }

    private static void Touch(SipMessage message)
    {
        _ = (message.TopVia, message.Vias.Count, message.From.Uri, message.To.Uri, message.CSeq, message.CallId);
        foreach (SipNameAddress address in message.Contacts)
            _ = (address.Uri.ToString(), address.Uri.GetHashCode(), address.Uri.Equals(message.From.Uri), address.ToString());
        _ = (message.HasWildcardContact, message.Routes.Count, message.RecordRoutes.Count, message.Requires("x"), message.Supports("timer"));
        _ = (message.Expires, message.MinExpires, message.RSeq, message.RAck, message.SessionExpires, message.MinSE, message.ContentType);
        _ = (message.Event, message.SubscriptionState, message.RetryAfter, message.Replaces, message.Reason, message.ReferTo, message.ReferredBy);
        _ = SessionExpires.TryParse(message.SessionExpires?.ToString(), out _);
        if (SipMultipart.GetSdp(message) is { } sdp)
            _ = Telephony.Sdp.SdpDescription.TryParse(sdp, out _, out _);
    }
}
