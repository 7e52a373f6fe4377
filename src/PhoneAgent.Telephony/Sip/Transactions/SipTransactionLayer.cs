using System.Buffers;
using System.Globalization;
using Microsoft.Extensions.Logging;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transport;

namespace PhoneAgent.Telephony.Sip.Transactions;

/// <summary>
/// Matches messages to transactions (RFC 3261 §17.1.3, §17.2.3) and makes new ones. Everything here runs on the
/// <see cref="SipLoop"/> that was passed in; nothing is thread-safe, nothing needs to be.
/// </summary>
public sealed partial class SipTransactionLayer : ISipTransportUser
{
    /// <summary>Beyond this many server transactions new requests get 503.</summary>
    public const int MaxServerTransactions = 50_000;

    private readonly Dictionary<SipClientKey, SipClientTransaction> _clients = [];
    private readonly Dictionary<SipServerKey, SipServerTransaction> _servers = [];
    private readonly Dictionary<SipMergeKey, SipServerTransaction> _merge = [];
    private readonly ILogger _logger;

    public SipTransactionLayer(SipLoop loop, ISipTransport transport, SipTimerOptions timers, ILogger logger)
    {
        (Loop, Transport, Timers) = (loop, transport, timers);
        _logger = logger;
    }

    public SipLoop Loop { get; }
    public ISipTransport Transport { get; }
    public SipTimerOptions Timers { get; }

    /// <summary>Set once, before the first message arrives; without one, requests get 503.</summary>
    public ITransactionUser? User { get; set; }

    public int ClientCount => _clients.Count;
    public int ServerCount => _servers.Count;

    /// <summary>Requests refused or dropped because their bytes were no acceptable message.</summary>
    public long MalformedCount { get; private set; }

    /// <summary>
    /// Sends a request in a transaction of its own. The request is copied; the copy gets a Via with a new branch in place of
    /// any it has, and Max-Forwards 70 when it has none. <paramref name="onResult"/> is called on the loop: any number of
    /// provisional results, then one end — except that an INVITE may deliver several 2xx. Not for ACK: see <see cref="SendAck"/>.
    /// </summary>
    public SipClientTransaction SendRequest(SipRequest request, SipDestination destination, Action<SipClientResult> onResult)
    {
        request = Prepare(request, SipIds.NewBranch(), ref destination);
        return SendDerived(request, destination, onResult);
    }

    /// <summary>Sends a request that has its Via already: a CANCEL shares that of its INVITE.</summary>
    internal SipClientTransaction SendDerived(SipRequest request, SipDestination destination, Action<SipClientResult> onResult)
    {
        var transaction = new SipClientTransaction(this, request, destination, onResult);
        _clients.Add(SipClientKey.Of(request), transaction);
        transaction.Begin();
        return transaction;
    }

    /// <summary>
    /// Sends the ACK for a 2xx, which has no transaction (RFC 3261 §13.2.2.4). Called again for each repeated 2xx, with the
    /// same branch: it is the same ACK, and a peer must be able to see that.
    /// </summary>
    public void SendAck(SipRequest ack, string branch, SipDestination destination, Action<SipTransportFailure>? onFailure = null)
    {
        ack = Prepare(ack, branch, ref destination);
        Transport.Send(ack, destination, onFailure);
    }

    /// <summary>A response without a transaction, back to where the request came from (§18.2.2).</summary>
    public void RespondStateless(SipResponse response, SipVia topVia, SipSource source) =>
        Transport.Send(response, SipResponseRouting.DestinationFor(topVia, source), onFailure: null);

    void ISipTransportUser.OnMessage(SipMessage message, SipSource source)
    {
        if (message is SipRequest request)
            OnRequest(request, source);
        else
            OnResponse((SipResponse)message, source);
    }

    void ISipTransportUser.OnMalformed(SipParseError error, SipSource source)
    {
        MalformedCount++;
        if (error.Answerable is not { } request || error.CreateResponse() is not { } response
            || !SipMessageRules.TryReadTopVia(request.Headers, out SipVia? via))
            return;
        Log.Refused(_logger, source, error.StatusCode, error.Detail);
        RespondStateless(response, via, source);
    }

    internal void Remove(SipClientTransaction transaction) => _clients.Remove(SipClientKey.Of(transaction.Request));

    internal void Remove(SipServerTransaction transaction)
    {
        _servers.Remove(transaction.Key);
        if (transaction.MergeKey is { } key && _merge.TryGetValue(key, out SipServerTransaction? first) && first == transaction)
            _merge.Remove(key);
    }

    private void OnRequest(SipRequest request, SipSource source)
    {
        var key = SipServerKey.Of(request);
        if (request.IsAck)
            OnAck(request, source, key);
        else if (_servers.TryGetValue(key, out SipServerTransaction? known))
            known.Handle(SipTransactionEvent.Retransmission);
        else if (User is null || _servers.Count >= MaxServerTransactions)
            Refuse(request, source, 503);
        else if (request.Method == SipMethods.Cancel)
            OnCancel(request, source, key);
        else
            OnNewRequest(request, source, key);
    }

    private void OnAck(SipRequest ack, SipSource source, SipServerKey key)
    {
        if (_servers.TryGetValue(key, out SipServerTransaction? invite))
            invite.OnAck(ack);
        else
            User?.OnAck(ack, source);
    }

    /// <summary>RFC 3261 §9.2: answered here, whatever becomes of the INVITE.</summary>
    private void OnCancel(SipRequest cancel, SipSource source, SipServerKey key)
    {
        SipServerTransaction transaction = Add(cancel, source, key, mergeKey: null);
        if (!_servers.TryGetValue(key with { Method = SipMethods.Invite }, out SipServerTransaction? invite))
        {
            transaction.Respond(transaction.CreateResponse(481));
            return;
        }
        transaction.LocalTag = invite.LocalTag;
        transaction.Respond(transaction.CreateResponse(200));
        if (invite.State == SipTransactionState.Proceeding)
            User!.OnCancel(invite, cancel);
    }

    private void OnNewRequest(SipRequest request, SipSource source, SipServerKey key)
    {
        SipMergeKey? mergeKey = SipMergeKey.Of(request);
        if (mergeKey is { } merge && _merge.ContainsKey(merge))
        {
            // The same request by another path (§8.2.2.2).
            SipServerTransaction merged = Add(request, source, key, mergeKey: null);
            merged.Respond(merged.CreateResponse(482));
            return;
        }
        SipServerTransaction transaction = Add(request, source, key, mergeKey);
        transaction.Begin();
        User!.OnRequest(transaction, request);
    }

    private SipServerTransaction Add(SipRequest request, SipSource source, SipServerKey key, SipMergeKey? mergeKey)
    {
        var transaction = new SipServerTransaction(this, request, source, key, mergeKey);
        _servers.Add(key, transaction);
        if (mergeKey is { } merge)
            _merge.Add(merge, transaction);
        return transaction;
    }

    private void OnResponse(SipResponse response, SipSource source)
    {
        // Not for us: we are never a proxy, so ours is the only Via (§8.1.3.3).
        if (response.Vias.Count != 1)
        {
            Log.Misrouted(_logger, source);
            return;
        }
        // A proxy may let a 2xx of one fork through after another's refusal has ended the transaction (§16.7).
        if (_clients.TryGetValue(SipClientKey.Of(response), out SipClientTransaction? transaction)
            && !(transaction is { Request.IsInvite: true, State: SipTransactionState.Completed } && response.IsSuccess))
            transaction.OnResponse(response);
        else
            User?.OnStrayResponse(response, source);
    }

    private void Refuse(SipRequest request, SipSource source, int statusCode)
    {
        SipResponse response = SipResponse.For(request, statusCode);
        response.Headers.Set(SipHeaderNames.RetryAfter, "10");
        RespondStateless(response, request.TopVia, source);
    }

    private SipRequest Prepare(SipRequest request, string branch, ref SipDestination destination)
    {
        request = request.Clone();
        request.Headers.Remove(SipHeaderNames.Via);
        request.MaxForwards ??= 70;
        // Via is not written yet, and is seldom longer than this.
        const int viaBytes = 100;
        destination = Transport.Choose(destination, CountBytes(request) + viaBytes);
        SipLocalAddress local = Transport.LocalAddressFor(destination);
        string via = string.Create(CultureInfo.InvariantCulture,
            $"SIP/2.0/{destination.Transport.ViaName()} {local.Host}:{local.Port};rport;branch={branch}");
        request.Headers.Prepend(SipHeaderNames.Via, via);
        return request;
    }

    private static int CountBytes(SipRequest request)
    {
        var writer = new ArrayBufferWriter<byte>(1024);
        request.WriteTo(writer);
        return writer.WrittenCount;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Source}: refused with {StatusCode}: {Detail}")]
        public static partial void Refused(ILogger logger, SipSource source, int statusCode, string detail);

        [LoggerMessage(LogLevel.Debug, "{Source}: a response with several Vias was dropped; it is meant for somebody else.")]
        public static partial void Misrouted(ILogger logger, SipSource source);
    }
}
