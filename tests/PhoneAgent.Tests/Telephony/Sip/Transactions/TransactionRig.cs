using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transactions;
using PhoneAgent.Telephony.Sip.Transport;
using PhoneAgent.Testing;

namespace PhoneAgent.Tests.Telephony.Sip.Transactions;

/// <summary>A transaction layer on a transport that only takes notes, in virtual time.</summary>
internal sealed class TransactionRig : ISipTransport, ITransactionUser
{
    private static readonly IPEndPoint s_peer = new(IPAddress.Parse("192.0.2.9"), 5070);
    private readonly VirtualTime _time = new();
    private readonly DateTimeOffset _start;

    public TransactionRig()
    {
        _start = _time.GetUtcNow();
        Loop = new SipLoop(_time, NullLogger.Instance);
        Layer = new SipTransactionLayer(Loop, this, new SipTimerOptions(), NullLogger.Instance) { User = this };
    }

    public SipLoop Loop { get; }
    public SipTransactionLayer Layer { get; }
    /// <summary>What was sent, and when, in milliseconds from the start.</summary>
    public List<(double At, SipMessage Message, SipDestination Destination)> Sent { get; } = [];
    public List<SipClientResult> Results { get; } = [];
    public List<SipServerTransaction> Requests { get; } = [];
    public List<string> Events { get; } = [];
    public string? FailSendsWith { get; set; }
    public Action<SipServerTransaction>? Answer { get; set; }

    public double Now => (_time.GetUtcNow() - _start).TotalMilliseconds;

    public IEnumerable<double> TimesOf(string method) =>
        Sent.Where(sent => sent.Message is SipRequest request && request.Method == method).Select(sent => sent.At);

    public IEnumerable<double> TimesOf(int statusCode) =>
        Sent.Where(sent => sent.Message is SipResponse response && response.StatusCode == statusCode).Select(sent => sent.At);

    /// <summary>Lets time pass, running the loop at each timer.</summary>
    public void Advance(double milliseconds)
    {
        DateTimeOffset end = _time.GetUtcNow().AddMilliseconds(milliseconds);
        Loop.RunPending();
        while (_time.AdvanceToNextTimer(end - _time.GetUtcNow()))
            Loop.RunPending();
        _time.Advance(end - _time.GetUtcNow());
        Loop.RunPending();
    }

    public SipClientTransaction Send(string method, SipTransportKind transport = SipTransportKind.Udp)
    {
        var request = new SipRequest(method, SipUri.Parse("sip:bob@example.com"))
        {
            From = new SipNameAddress(SipUri.Parse("sip:alice@example.com")).WithTag("a"),
            To = new SipNameAddress(SipUri.Parse("sip:bob@example.com")),
            CallId = "call",
            CSeq = new SipCSeq(7, method),
        };
        request.Headers.Add("Route", "<sip:proxy.example.com;lr>");
        return Layer.SendRequest(request, new SipDestination(transport, s_peer), Results.Add);
    }

    public void Respond(SipClientTransaction transaction, int statusCode, string? toTag = "b", string? cseqMethod = null)
    {
        SipResponse response = SipResponse.For(transaction.Request, statusCode, toTag: toTag);
        if (cseqMethod is not null)
            response.CSeq = new SipCSeq(7, cseqMethod);
        Receive(response);
    }

    public void Receive(SipMessage message, SipTransportKind transport = SipTransportKind.Udp) =>
        ((ISipTransportUser)Layer).OnMessage(message,
            new SipSource(transport, s_peer, new IPEndPoint(IPAddress.Loopback, 5060), transport == SipTransportKind.Udp ? 0 : 42));

    public static SipRequest Request(
        string method, string branch = "z9hG4bKpeer", string? toTag = null, string via = "SIP/2.0/UDP 192.0.2.9:5070;rport", uint cseq = 1)
    {
        var request = new SipRequest(method, SipUri.Parse("sip:agent@192.0.2.1"))
        {
            From = new SipNameAddress(SipUri.Parse("sip:peer@192.0.2.9")).WithTag("p"),
            To = new SipNameAddress(SipUri.Parse("sip:agent@192.0.2.1")),
            CallId = "in",
            CSeq = new SipCSeq(cseq, method),
        };
        if (toTag is not null)
            request.To = request.To.WithTag(toTag);
        request.Headers.Add("Via", branch.Length == 0 ? via : $"{via};branch={branch}");
        return request;
    }

    void ISipTransport.Send(SipMessage message, SipDestination destination, Action<SipTransportFailure>? onFailure)
    {
        Sent.Add((Now, message, destination));
        if (FailSendsWith is { } detail && onFailure is not null)
            Loop.Post(() => onFailure(new SipTransportFailure(detail)));
    }

    SipLocalAddress ISipTransport.LocalAddressFor(SipDestination destination) => new("192.0.2.1", 5060, IPAddress.Parse("192.0.2.1"), null);

    SipDestination ISipTransport.Choose(SipDestination destination, int messageBytes) => destination;

    void ITransactionUser.OnRequest(SipServerTransaction transaction, SipRequest request)
    {
        Requests.Add(transaction);
        Answer?.Invoke(transaction);
    }

    void ITransactionUser.OnCancel(SipServerTransaction inviteTransaction, SipRequest cancel) => Events.Add("cancel");
    void ITransactionUser.OnAck(SipRequest ack, SipSource source) => Events.Add("ack");
    void ITransactionUser.OnStrayResponse(SipResponse response, SipSource source) => Events.Add($"stray {response.StatusCode}");
    void ITransactionUser.OnServerFailure(SipServerTransaction transaction, SipServerFailure failure, string detail) => Events.Add($"{failure}");
}
