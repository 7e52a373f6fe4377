using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transactions;
using PhoneAgent.Telephony.Sip.Transport;
using PhoneAgent.Telephony.Sip.UserAgent;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Telephony;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Sip.UserAgent;

/// <summary>
/// The user agent without sockets and in virtual time. The test is the peer: it says what arrives, and reads what was sent.
/// </summary>
internal sealed class Bench : ISipTransport, ISipCallReceiver
{
    public const string Sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n";

    private static readonly IPEndPoint Local = new(IPAddress.Loopback, 5060);
    private readonly SipTransactionLayer layer;
    private int branches;

    public Bench(SipOptions? options = null, FakeCallGate? gate = null)
    {
        Gate = gate ?? new FakeCallGate();
        Loop = new SipLoop(Time, NullLogger.Instance);
        layer = new SipTransactionLayer(Loop, this, new SipTimerOptions(), NullLogger.Instance);
        Locator = new SipLocator(Loop, new SipResolver((_, _) => throw new System.Net.Sockets.SocketException()), NullLogger.Instance);
        Core = new UserAgentCore(options ?? new SipOptions(), layer, Locator, Media, Gate, new Random(1), NullLogger.Instance) { Receiver = this };
        layer.User = new RequestDispatcher(Core, NullLogger.Instance);
    }

    public VirtualTime Time { get; } = new();
    public SipLoop Loop { get; }
    public SipLocator Locator { get; }
    public UserAgentCore Core { get; }
    public FakeCallGate Gate { get; }
    public FakeCallMediaFactory Media { get; } = new();
    public Queue<SipMessage> Sent { get; } = new();
    public Queue<ISipIncomingCall> Incoming { get; } = new();
    public IPEndPoint Remote { get; set; } = new(IPAddress.Loopback, 5070);
    public bool TakesCalls { get; set; } = true;

    public bool OnIncoming(ISipIncomingCall call)
    {
        if (TakesCalls)
            Incoming.Enqueue(call);
        return TakesCalls;
    }

    void ISipTransport.Send(SipMessage message, SipDestination destination, Action<SipTransportFailure>? onFailure)
    {
        Assert.True(SipParser.TryParse(message.ToBytes(), out var parsed, out var error), error?.Detail);
        Sent.Enqueue(parsed!);
    }

    SipLocalAddress ISipTransport.LocalAddressFor(SipDestination destination) => new("127.0.0.1", 5060, IPAddress.Loopback, null);

    SipDestination ISipTransport.Choose(SipDestination destination, int messageBytes) => destination;

    /// <summary>Lets time pass, and runs what becomes due on the way.</summary>
    public void Advance(TimeSpan duration)
    {
        var end = Time.GetUtcNow() + duration;
        Loop.RunPending();
        while (Time.AdvanceToNextTimer(end - Time.GetUtcNow()))
            Loop.RunPending();
        Time.Advance(end - Time.GetUtcNow());
        Loop.RunPending();
    }

    public void Advance(double seconds) => Advance(TimeSpan.FromSeconds(seconds));

    public async Task<T> RunAsync<T>(Task<T> task)
    {
        Loop.RunPending();
        return await task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>A request of the peer. Headers replace the usual ones; null removes.</summary>
    public SipRequest Receive(string method, string callId, uint cseq, string? toTag = null, string? sdp = null, string fromTag = "peer",
        string uri = "sip:agent@127.0.0.1:5060", string? branch = null, params (string Name, string? Value)[] headers)
    {
        var lines = new List<(string Name, string? Value)>
        {
            ("Via", $"SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK{branch ?? $"b{++branches}"}"),
            ("From", $"<sip:peer@127.0.0.1:5070>;tag={fromTag}"),
            ("To", toTag is null ? "<sip:agent@127.0.0.1>" : $"<sip:agent@127.0.0.1>;tag={toTag}"),
            ("Call-ID", callId), ("CSeq", $"{cseq} {method}"), ("Contact", "<sip:peer@127.0.0.1:5070>"), ("Max-Forwards", "70"),
            ("Content-Type", sdp is null ? null : "application/sdp"),
        };
        foreach (var (name, value) in headers)
        {
            lines.RemoveAll(line => line.Name == name);
            lines.Add((name, value));
        }
        var text = new StringBuilder($"{method} {uri} SIP/2.0\r\n");
        foreach (var (name, value) in lines)
            if (value is not null)
                text.Append(name).Append(": ").Append(value).Append("\r\n");
        text.Append("Content-Length: ").Append(Encoding.UTF8.GetByteCount(sdp ?? "")).Append("\r\n\r\n").Append(sdp);
        Assert.True(SipParser.TryParse(Encoding.UTF8.GetBytes(text.ToString()), out var message, out var error), error?.Detail);
        Deliver(message!);
        return (SipRequest)message!;
    }

    /// <summary>A response of the peer to a request of ours.</summary>
    public void Answer(SipRequest request, int status, string? sdp = null, string tag = "peer", params (string Name, string Value)[] headers)
    {
        var response = SipResponse.For(request, status, toTag: tag);
        response.Headers.Set("Contact", "<sip:peer@127.0.0.1:5070>");
        foreach (var (name, value) in headers)
            response.Headers.Set(name, value);
        if (sdp is not null)
            response.SetBody("application/sdp", sdp);
        Assert.True(SipParser.TryParse(response.ToBytes(), out var message, out var error), error?.Detail);
        Deliver(message!);
    }

    /// <summary>The next message that was sent, which must be a response of that status.</summary>
    public SipResponse Response(int status)
    {
        Loop.RunPending();
        Assert.True(Sent.Count > 0, $"nothing was sent; {status} was expected");
        var response = Assert.IsType<SipResponse>(Sent.Dequeue());
        Assert.True(status == response.StatusCode, response.ToString());
        return response;
    }

    /// <summary>The next message that was sent, which must be a request of that method.</summary>
    public SipRequest Request(string method)
    {
        Loop.RunPending();
        Assert.True(Sent.Count > 0, $"nothing was sent; {method} was expected");
        var request = Assert.IsType<SipRequest>(Sent.Dequeue());
        Assert.True(method == request.Method, request.ToString());
        return request;
    }

    public void Nothing()
    {
        Loop.RunPending();
        Assert.True(Sent.Count == 0, Sent.Count == 0 ? "" : Sent.Peek().ToString());
    }

    /// <summary>An inbound call up to its ACK. The To tag is ours.</summary>
    public async Task<(ISipSession Session, string Tag)> AnsweredAsync(string callId = "in", params (string, string?)[] headers)
    {
        Receive("INVITE", callId, 1, sdp: Sdp, headers: headers);
        Response(180);
        var session = await RunAsync(Incoming.Dequeue().AcceptAsync(default));
        var tag = Response(200).To.Tag!;
        Receive("ACK", callId, 1, tag);
        return (session!, tag);
    }

    /// <summary>An outbound call, answered.</summary>
    public async Task<(ISipSession Session, SipRequest Invite)> PlacedAsync(params (string, string)[] headers)
    {
        var placing = OutboundCalls.PlaceAsync(Core, new PlaceCallRequest("sip:peer@127.0.0.1:5070"), default);
        var invite = Request("INVITE");
        Answer(invite, 200, Sdp, headers: headers);
        Request("ACK");
        return ((await RunAsync(placing)).Session!, invite);
    }

    private void Deliver(SipMessage message)
    {
        ((ISipTransportUser)layer).OnMessage(message, new SipSource(SipTransportKind.Udp, Remote, Local, 0));
        Loop.RunPending();
    }
}

/// <summary>Remembers what a session told.</summary>
internal sealed class Heard : ISipSessionObserver
{
    public List<char> Keys { get; } = [];
    public List<string> Moves { get; } = [];
    public List<string> NotMoved { get; } = [];
    public CallEnd? End { get; private set; }

    public static Heard Of(Bench bench, ISipSession session)
    {
        var heard = new Heard();
        session.Observe(heard);
        bench.Loop.RunPending();
        return heard;
    }

    public void OnInfoDtmf(char digit, TimeSpan duration) => Keys.Add(digit);
    public void OnRedirected(string target) => Moves.Add(target);
    public void OnRedirectionRefused(string target, string reason) => NotMoved.Add($"{target}: {reason}");
    public void OnEnded(CallEnd end) => End = end;
}
