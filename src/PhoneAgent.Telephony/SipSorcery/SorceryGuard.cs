using Microsoft.Extensions.Logging;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transactions;
using PhoneAgent.Telephony.Sip.Transport;
using SIPSorcery.SIP;

namespace PhoneAgent.Telephony.SipSorcery;

/// <summary>
/// Our parser before the library's, which reads what is broken as far as it can and rings for it: a CSeq of another method, a
/// body shorter than its Content-Length, SIP/3.0. Such a message is refused or dropped as our own transport does it, and the
/// library never sees it. Thread-safe.
/// </summary>
internal sealed partial class SorceryGuard(SIPTransport transport, ILogger log)
{
    /// <param name="channel">One that the transport has been given: this takes its place at the channel.</param>
    internal void Watch(SIPChannel channel) => channel.SIPMessageReceived = OnMessageAsync;

    private Task OnMessageAsync(SIPChannel channel, SIPEndPoint local, SIPEndPoint remote, byte[] bytes)
    {
        if (SipParser.TryParse(bytes, out _, out var error))
            return transport.ReceiveMessage(channel, local, remote, bytes);
        var source = new SipSource(SorceryListeners.KindOf(remote.Protocol), remote.GetIPEndPoint(), local.GetIPEndPoint(), ConnectionId: 0);
        return error.Answerable is null ? Task.CompletedTask : RefuseAsync(channel, remote, error, source);
    }

    private Task RefuseAsync(SIPChannel channel, SIPEndPoint remote, SipParseError error, SipSource source)
    {
        SipReceiver.Stamp(error.Answerable, source);
        if (error.CreateResponse() is not { } response || !SipMessageRules.TryReadTopVia(error.Answerable!.Headers, out var via))
            return Task.CompletedTask;
        Log.Refused(log, source, error.StatusCode, error.Detail);
        // Over a connection: by the same one, or not at all.
        var destination = source.Transport.IsReliable() ? remote : new SIPEndPoint(remote.Protocol, SipResponseRouting.DestinationFor(via, source).EndPoint);
        return channel.SendAsync(destination, response.ToBytes(), canInitiateConnection: false, remote.ConnectionID);
    }

    private static partial class Log
    {
        [LoggerMessage(20, LogLevel.Debug, "{Source}: refused with {StatusCode}: {Detail}")]
        internal static partial void Refused(ILogger logger, SipSource source, int statusCode, string detail);
    }
}
