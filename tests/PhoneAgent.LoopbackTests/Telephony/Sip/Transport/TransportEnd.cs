using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transport;

namespace PhoneAgent.LoopbackTests.Telephony.Sip.Transport;

/// <summary>A transport layer on loopback with a loop of its own; what arrives can be awaited.</summary>
internal sealed class TransportEnd : ISipTransportUser, IAsyncDisposable
{
    private readonly Channel<(SipMessage? Message, SipParseError? Error, SipSource Source)> _arrived =
        Channel.CreateUnbounded<(SipMessage?, SipParseError?, SipSource)>();

    private TransportEnd(SipTransportOptions options, TimeProvider timeProvider)
    {
        Loop = new SipLoop(timeProvider, NullLogger.Instance);
        Transport = new SipTransportLayer(options, Loop, NullLogger.Instance) { User = this };
    }

    public SipLoop Loop { get; }
    public SipTransportLayer Transport { get; }
    public static CancellationToken Soon => new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token;

    public static async Task<TransportEnd> StartAsync(SipTransportOptions? options = null, TimeProvider? timeProvider = null, string address = "127.0.0.1")
    {
        IPAddress ip = IPAddress.Parse(address);
        options ??= new SipTransportOptions { Tls = new SipTlsOptions { VerifyServer = false } };
        var end = new TransportEnd(options with
        {
            Listen = [new(SipTransportKind.Udp, new(ip, 0)), new(SipTransportKind.Tcp, new(ip, 0)), new(SipTransportKind.Tls, new(ip, 0))],
        }, timeProvider ?? TimeProvider.System);
        end.Loop.Start();
        await end.Transport.StartAsync(CancellationToken.None);
        return end;
    }

    public SipDestination At(SipTransportKind kind) => new(kind, Transport.Listening.First(one => one.Transport == kind).EndPoint);

    /// <summary>Sends; completes with the failure, if there is one, else never.</summary>
    public Task<string> Send(SipMessage message, SipDestination destination)
    {
        var failure = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        Loop.Post(() => Transport.Send(message, destination, reason => failure.TrySetResult(reason.Detail)));
        return failure.Task;
    }

    public async Task<(SipMessage? Message, SipParseError? Error, SipSource Source)> Next() => await _arrived.Reader.ReadAsync(Soon);

    public async Task<int> Connections() => await Loop.InvokeAsync(() => Transport.ConnectionCount);

    public SipRequest Request(SipDestination destination, string callId = "1", int bodyBytes = 0)
    {
        SipLocalAddress local = Transport.LocalAddressFor(destination);
        var request = new SipRequest(SipMethods.Options, SipUri.Parse("sip:peer@127.0.0.1"))
        {
            From = new SipNameAddress(SipUri.Parse("sip:me@127.0.0.1")).WithTag("1"),
            To = new SipNameAddress(SipUri.Parse("sip:peer@127.0.0.1")),
            CallId = callId,
            CSeq = new SipCSeq(1, SipMethods.Options),
            Body = new byte[bodyBytes],
        };
        request.Headers.Prepend("Via", $"SIP/2.0/{destination.Transport.ViaName()} {local.Host}:{local.Port};rport;branch={SipIds.NewBranch()}");
        return request;
    }

    public async ValueTask DisposeAsync()
    {
        await Transport.DisposeAsync();
        await Loop.DisposeAsync();
    }

    void ISipTransportUser.OnMessage(SipMessage message, SipSource source) => _arrived.Writer.TryWrite((message, null, source));
    void ISipTransportUser.OnMalformed(SipParseError error, SipSource source) => _arrived.Writer.TryWrite((null, error, source));
}
