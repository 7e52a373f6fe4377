using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using PhoneAgent.Telephony.Sip.Messages;

namespace PhoneAgent.Testing.Telephony;

/// <summary>A peer made of a UDP socket and the test's own words: it says exactly what the test writes, and repeats nothing.</summary>
public sealed class SipPeer : IAsyncDisposable
{
    public const string Sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n";

    private readonly UdpClient socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly Channel<SipMessage> arrived = Channel.CreateUnbounded<SipMessage>();
    private readonly CancellationTokenSource closing = new();
    private readonly Task receiving;
    private IPEndPoint? remote;
    private int branches;

    public SipPeer() => receiving = ReceiveAsync();

    public IPEndPoint EndPoint => (IPEndPoint)socket.Client.LocalEndPoint!;

    public string Uri => $"sip:peer@{EndPoint}";

    /// <summary>Sends bytes as they are.</summary>
    public Task SendAsync(int port, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), new IPEndPoint(IPAddress.Loopback, port), closing.Token).AsTask();

    /// <summary>Sends a request. Headers replace the usual ones.</summary>
    public Task RequestAsync(int port, string method, string callId, int cseq, string? toTag = null, string? body = null, string type = "application/sdp",
        params (string Name, string Value)[] headers) =>
        SendAsync(port, Request(port, method, callId, cseq, toTag, body, type, headers));

    /// <summary>The text of a request. Headers replace the usual ones.</summary>
    public string Request(int port, string method, string callId, int cseq, string? toTag = null, string? body = null, string type = "application/sdp",
        params (string Name, string Value)[] headers)
    {
        var usual = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["Via"] = $"SIP/2.0/UDP {EndPoint};rport;branch=z9hG4bK{callId}{++branches}",
            ["Max-Forwards"] = "70",
            ["From"] = $"<{Uri}>;tag=peer",
            ["To"] = toTag is null ? $"<sip:agent@127.0.0.1:{port}>" : $"<sip:agent@127.0.0.1:{port}>;tag={toTag}",
            ["Call-ID"] = callId,
            ["CSeq"] = $"{cseq} {method}",
            ["Contact"] = $"<{Uri}>",
        };
        if (body is not null)
            usual["Content-Type"] = type;
        foreach (var (name, value) in headers)
            usual[name] = value;
        var text = new StringBuilder($"{method} sip:agent@127.0.0.1:{port} SIP/2.0\r\n");
        foreach (var (name, value) in usual)
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        text.Append("Content-Length: ").Append(Encoding.UTF8.GetByteCount(body ?? "")).Append("\r\n\r\n").Append(body);
        return text.ToString();
    }

    /// <summary>An inbound call of this peer, up to its ACK. The answer has the To tag.</summary>
    public async Task<SipResponse> CallAsync(int port, string callId, CancellationToken cancellationToken, params (string Name, string Value)[] headers)
    {
        await RequestAsync(port, "INVITE", callId, 1, body: Sdp, headers: headers);
        var answer = await FinalAsync(callId, 1, cancellationToken);
        await RequestAsync(port, "ACK", callId, 1, answer.To.Tag);
        return answer;
    }

    /// <summary>Answers the request that came last from there.</summary>
    public async Task RespondAsync(SipRequest request, int status, string? sdp = null, params (string Name, string Value)[] headers)
    {
        var response = SipResponse.For(request, status, toTag: "peer");
        response.Headers.Set("Contact", $"<{Uri}>");
        foreach (var (name, value) in headers)
            response.Headers.Set(name, value);
        if (sdp is not null)
            response.SetBody("application/sdp", sdp);
        await socket.SendAsync(response.ToBytes(), remote!, closing.Token);
    }

    /// <summary>The next request of that method; what comes before is passed over.</summary>
    public async Task<SipRequest> NextAsync(string method, CancellationToken cancellationToken) =>
        (SipRequest)await NextAsync(message => message is SipRequest request && request.Method == method, cancellationToken);

    /// <summary>The final response to a request; what comes before is passed over.</summary>
    public async Task<SipResponse> FinalAsync(string callId, uint cseq, CancellationToken cancellationToken) =>
        (SipResponse)await NextAsync(
            message => message is SipResponse { IsFinal: true } response && response.CallId == callId && response.CSeq.Sequence == cseq, cancellationToken);

    public async Task<SipMessage> NextAsync(Func<SipMessage, bool> isWanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            var message = await arrived.Reader.ReadAsync(cancellationToken);
            if (isWanted(message))
                return message;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        await receiving;
        socket.Dispose();
        closing.Dispose();
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                var datagram = await socket.ReceiveAsync(closing.Token);
                if (!SipParser.TryParse(datagram.Buffer, out var message, out _))
                    continue;
                remote = datagram.RemoteEndPoint;
                arrived.Writer.TryWrite(message);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            arrived.Writer.TryComplete();
        }
    }
}
