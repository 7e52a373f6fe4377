using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using PhoneAgent.Telephony.Sip;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transport;
using PhoneAgent.Telephony.Sip.UserAgent;
using SIPSorcery.SIP;

namespace PhoneAgent.Telephony.SipSorcery;

/// <summary>What the parts of the adapter share: the library's transport, the dialogs, and transactions that can be awaited. Thread-safe.</summary>
internal sealed class SorceryCore : IDisposable
{
    private readonly ConcurrentDictionary<(string CallId, string LocalTag), SorceryLeg> _legs = new();
    private readonly ConcurrentDictionary<SorcerySession, byte> _sessions = new();
    private readonly ConcurrentDictionary<SorceryIncomingCall, byte> _ringing = new();
    private readonly SipLocalAddresses _addresses;
    private readonly Lock _addressLock = new();
    private int _activeCalls;

    internal SorceryCore(SipOptions options, ICallMediaFactory media, ICallGate gate, TimeProvider time, ILogger log)
    {
        (Options, Media, Gate, Time, Log) = (options, media, gate, time, log);
        Policy = new InboundPolicy(options.Inbound, time);
        Targets = new CallTargets(options);
        _addresses = new SipLocalAddresses(new SipTransportOptions
        {
            ExternalAddress = options.ExternalAddress is { } external ? IPAddress.Parse(external) : null,
        });
        Transport = new SIPTransport { CanCreateMissingChannels = false, ContactHost = options.ExternalAddress };
        Transport.CustomiseRequestHeader = (_, _, request) => Sign(request.Header, isRequest: true);
        Transport.CustomiseResponseHeader = (_, _, response) => Sign(response.Header, isRequest: false);
        // Each transaction is kept for 32 s after its end, and from the limit on a call's own requests throw: 5000 are some 50 calls a second.
        SIPTransport.MaxPendingTransactionsCount = Math.Max(SIPTransport.MaxPendingTransactionsCount, 100 * options.MaxCalls);
        // Told on the same thread, before the transaction gets the response.
        Transport.SIPResponseInTraceEvent += (_, _, response) => OurMediaSession.DropUnreadable(response);
    }

    internal SIPTransport Transport { get; }
    internal SipOptions Options { get; }
    internal ICallMediaFactory Media { get; }
    internal TimeProvider Time { get; }
    internal ILogger Log { get; }
    internal ICallGate Gate { get; }
    internal InboundPolicy Policy { get; }
    internal CallTargets Targets { get; }
    internal ISipCallReceiver? Receiver { get; set; }
    internal volatile bool IsDraining;
    internal int ActiveCalls => Volatile.Read(ref _activeCalls);
    internal ICollection<SorcerySession> Sessions => _sessions.Keys;
    internal ICollection<SorceryIncomingCall> Ringing => _ringing.Keys;

    /// <summary>A call begins; false when there are too many.</summary>
    internal bool TryBeginCall()
    {
        if (Interlocked.Increment(ref _activeCalls) <= Options.MaxCalls)
            return true;
        EndCall();
        return false;
    }

    internal void EndCall() => Interlocked.Decrement(ref _activeCalls);

    internal void Add(SorceryIncomingCall call) => _ringing.TryAdd(call, 0);

    internal void Remove(SorceryIncomingCall call) => _ringing.TryRemove(call, out _);

    internal void Add(SorcerySession session) => _sessions.TryAdd(session, 0);

    internal void Remove(SorcerySession session) => _sessions.TryRemove(session, out _);

    /// <param name="localTag">Empty while an INVITE of ours has no dialog yet: its Call-ID is ours alone.</param>
    internal void Register(string callId, string localTag, SorceryLeg leg) => _legs[(callId, localTag)] = leg;

    internal void Unregister(SorceryLeg leg)
    {
        foreach (var (key, registered) in _legs)
            if (registered == leg)
                _legs.TryRemove(key, out _);
    }

    internal SorceryLeg? Find(string callId, string localTag) =>
        _legs.GetValueOrDefault((callId, localTag)) ?? _legs.GetValueOrDefault((callId, ""));

    /// <summary>Our side of the way to a peer: where media binds, and what c= says when it differs.</summary>
    internal (IPAddress Address, IPAddress? Advertised) LocalSide(SIPEndPoint peer)
    {
        var channel = Transport.GetSIPChannels().FirstOrDefault(one => one.SIPProtocol == peer.Protocol && one.IsAddressFamilySupported(peer.Address.AddressFamily));
        lock (_addressLock)
        {
            var local = _addresses.Find(new SipDestination(SorceryListeners.KindOf(peer.Protocol), peer.GetIPEndPoint()), channel is null ? null : new IPEndPoint(channel.ListeningIPAddress, channel.Port));
            return (local.Address, local.ExternalAddress);
        }
    }

    /// <summary>A Contact of ours; the transport fills in host and port when it knows the way.</summary>
    internal static List<SIPContactHeader> Contact(string user) =>
        [new SIPContactHeader(null, new SIPURI(SIPSchemesEnum.sip, IPAddress.Any, 0) { User = user })];

    internal Admission? AdmitByAddress(IPAddress source)
    {
        lock (Policy)
            return Policy.AdmitByAddress(source);
    }

    internal void Trust(IPAddress registrar)
    {
        lock (Policy)
            Policy.Trust(registrar);
    }

    /// <summary>Sends a request other than INVITE and waits for its final response; a challenge is answered once. 408 and 503 stand for silence and a dead way.</summary>
    /// <param name="onSequence">Hears the number that the answer to a challenge took.</param>
    /// <param name="onFinal">Hears the final response before any later request of the peer is looked at.</param>
    internal async Task<SIPResponse> SendAsync(
        SIPRequest request, SipAccountOptions? account, Action<int>? onSequence = null, Action<SIPResponse>? onFinal = null)
    {
        var response = await SendOnceAsync(request, onFinal).ConfigureAwait(false);
        if (Authenticated(request, response, account) is not { } proven)
            return response;
        onSequence?.Invoke(proven.Header.CSeq);
        return await SendOnceAsync(proven, onFinal).ConfigureAwait(false);
    }

    /// <summary>The same request with our password; null when there is no challenge, or nothing to answer it with.</summary>
    internal static SIPRequest? Authenticated(SIPRequest request, SIPResponse response, SipAccountOptions? account) =>
        response.StatusCode is 401 or 407 && account is { Password.Length: > 0 } && response.Header.HasAuthenticationHeader
            ? request.DuplicateAndAuthenticate(response.Header.AuthenticationHeaders, account.AuthUser ?? account.User, account.Password)
            : null;

    internal static SIPResponse Failure(SIPRequest request, SocketError error) => SIPResponse.GetResponse(
        request, error == SocketError.TimedOut ? SIPResponseStatusCodesEnum.RequestTimeout : SIPResponseStatusCodesEnum.ServiceUnavailable, null);

    /// <summary>
    /// Answers what belongs to no dialog or call without a transaction (RFC 3261 §8.2.7), so that no stranger can fill the library's
    /// table of them: who did not get the response asks again, and gets one with the same tag.
    /// </summary>
    internal void RespondStateless(SIPRequest request, int status, string? reason = null, Action<SIPResponse>? describe = null)
    {
        var response = SIPResponse.GetResponse(request, (SIPResponseStatusCodesEnum)status, reason);
        response.Header.To.ToTag ??= HashCode.Combine(request.Header.CallId, request.Header.Vias.TopViaHeader.Branch).ToString("x8", CultureInfo.InvariantCulture);
        if (status == 503)
            response.Header.RetryAfter = RetryAfter;
        describe?.Invoke(response);
        _ = Transport.SendResponseAsync(response);
    }

    /// <summary>Answers a request other than INVITE; a repeated request gets the same again.</summary>
    internal void Respond(SIPRequest request, int status, string? reason = null, Action<SIPResponse>? describe = null)
    {
        var response = SIPResponse.GetResponse(request, (SIPResponseStatusCodesEnum)status, reason);
        response.Header.To.ToTag ??= SipIds.NewTag();
        describe?.Invoke(response);
        new SIPNonInviteTransaction(Transport, request, null).SendResponse(response);
    }

    /// <summary>Refuses an INVITE; the transaction repeats it until the ACK.</summary>
    internal void Refuse(SIPRequest invite, int status, string? reason = null, Action<SIPResponse>? describe = null) =>
        Refuse(new UASInviteTransaction(Transport, invite, null, noCDR: true), status, reason, describe);

    internal void Refuse(UASInviteTransaction transaction, int status, string? reason = null, Action<SIPResponse>? describe = null)
    {
        var response = SIPResponse.GetResponse(transaction.TransactionRequest, (SIPResponseStatusCodesEnum)status, reason);
        response.Header.To.ToTag = transaction.LocalTag;
        if (status == 503)
            response.Header.RetryAfter = RetryAfter;
        describe?.Invoke(response);
        Send(transaction, response);
    }

    /// <summary>Sends the final response of an INVITE, at once.</summary>
    internal void Send(UASInviteTransaction transaction, SIPResponse response)
    {
        transaction.SendFinalResponse(response);
        SorceryWake.Up(Transport);
    }

    private string RetryAfter => Options.Timers.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);

    public void Dispose()
    {
        Transport.Shutdown();
        Transport.Dispose();
    }

    private async Task<SIPResponse> SendOnceAsync(SIPRequest request, Action<SIPResponse>? onFinal)
    {
        var done = new TaskCompletionSource<SIPResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        var transaction = new SIPNonInviteTransaction(Transport, request, null);
        transaction.NonInviteTransactionFinalResponseReceived += (_, _, _, response) =>
        {
            onFinal?.Invoke(response);
            done.TrySetResult(response);
            return Task.FromResult(SocketError.Success);
        };
        transaction.NonInviteTransactionFailed += (_, error) => done.TrySetResult(Failure(request, error));
        transaction.SendRequest();
        return await done.Task.ConfigureAwait(false);
    }

    /// <summary>What all our messages say of us, whoever in the library made them.</summary>
    private SIPHeader Sign(SIPHeader header, bool isRequest)
    {
        if (isRequest)
            header.UserAgent = Options.UserAgent;
        else
            header.Server = Options.UserAgent;
        if (header.CSeqMethod is SIPMethodsEnum.INVITE or SIPMethodsEnum.OPTIONS or SIPMethodsEnum.UPDATE)
        {
            header.Allow = SorceryRouter.Allow;
            header.Supported = Capabilities.Replaces;
        }
        if (header.Contact is [{ ContactURI: { User: null } uri }] && header.CSeqMethod != SIPMethodsEnum.REGISTER)
            uri.User = Options.User;
        return header;
    }
}
