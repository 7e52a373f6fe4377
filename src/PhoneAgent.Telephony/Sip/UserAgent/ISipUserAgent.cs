using System.Net;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Registration;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>
/// Signalling of calls, whoever's stack does it. Media is handed in as <see cref="ICallMedia"/> and only ever asked for SDP.
/// Thread-safe; its own callbacks come from one thread at a time and must not block.
/// </summary>
public interface ISipUserAgent : IAsyncDisposable
{
    /// <summary>Opens the sockets, then begins to register. Calls are told to <paramref name="calls"/> from now on.</summary>
    /// <exception cref="PhoneLineException">A port is in use, a certificate is missing …: the message names what to change.</exception>
    Task StartAsync(ISipCallReceiver calls, CancellationToken cancellationToken);

    /// <summary>What we listen on, with the ports that the system chose.</summary>
    IReadOnlyList<SipListener> Listeners { get; }

    /// <summary>One element an account that registers.</summary>
    IReadOnlyList<RegistrationStatus> Registrations { get; }

    /// <summary>Calls that exist now, ringing ones included.</summary>
    int ActiveCalls { get; }

    /// <summary>Places a call. Cancelling sends CANCEL; the result then says <see cref="CallEndCause.Cancelled"/>.</summary>
    Task<SipInviteResult> InviteAsync(PlaceCallRequest request, CancellationToken cancellationToken);

    /// <summary>New INVITEs and OPTIONS get 503 from now on; calls go on.</summary>
    void Drain();
}

/// <summary>Is told of calls that ring.</summary>
public interface ISipCallReceiver
{
    /// <summary>False when it cannot be offered to anybody (the queue is full): it is refused with 503.</summary>
    bool OnIncoming(ISipIncomingCall call);
}

/// <summary>An INVITE that waits for its answer.</summary>
public interface ISipIncomingCall
{
    CallInfo Info { get; }

    /// <summary>Answers 200 with <see cref="ISipSession.Media"/> of its own; null when the caller gave up or no media was agreed.</summary>
    Task<ISipSession?> AcceptAsync(CancellationToken cancellationToken);

    Task RefuseAsync(int statusCode, CancellationToken cancellationToken);
}

/// <summary>An established session (RFC 3261 §13) and its media.</summary>
public interface ISipSession
{
    CallInfo Info { get; }

    ICallMedia Media { get; }

    /// <summary>Who we are to the peer: the address of From or To at our end.</summary>
    string LocalUri { get; }

    /// <summary>Is told what the peer does from now on; what happened before comes at once. Set once.</summary>
    void Observe(ISipSessionObserver observer);

    /// <summary>Sends BYE and returns when it was answered or timed out. Safe to call twice.</summary>
    Task EndAsync(CallEnd end, CancellationToken cancellationToken);

    /// <summary>Offers the direction by re-INVITE. False when the peer refused; then all is as before.</summary>
    Task<bool> OfferAsync(MediaDirection direction, CancellationToken cancellationToken);

    /// <summary>Transfers the peer by REFER and follows it to its end.</summary>
    /// <param name="consultation">For an attended transfer: the session that the target takes over from.</param>
    /// <param name="headers">Go with the REFER; a Referred-By takes the place of the usual one.</param>
    /// <exception cref="ArgumentException">A header that cannot be sent.</exception>
    Task<TransferResult> ReferAsync(string target, ISipSession? consultation, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken);
}

/// <summary>Hears of a session. Called by the user agent's loop: it must not block.</summary>
public interface ISipSessionObserver
{
    /// <summary>A key by SIP INFO.</summary>
    void OnInfoDtmf(char digit, TimeSpan duration);

    /// <summary>The same session, same media, now runs with another peer: a REFER that we followed, or an INVITE with Replaces.</summary>
    void OnRedirected(string target);

    /// <summary>The peer's REFER was refused because no call may go there; the session goes on as it was.</summary>
    void OnRedirectionRefused(string target, string reason);

    /// <summary>The session has ended. Called once, last.</summary>
    void OnEnded(CallEnd end);
}

/// <summary>Either an established <see cref="Session"/>, or why there is none.</summary>
public sealed record SipInviteResult(ISipSession? Session, CallEnd? Failure)
{
    /// <summary>It ended here.</summary>
    internal static SipInviteResult Failed(CallEndCause cause, string reason) => new(null, new CallEnd(cause, EndedBy.Agent, null, reason));

    /// <summary>A rule or limit of our own stood in the way; nothing was sent.</summary>
    internal static SipInviteResult Refused(CallEndCause cause, string reason) => new(null, new CallEnd(cause, EndedBy.Agent, null, reason) { IsOurRefusal = true });
}

/// <param name="Transport">udp, tcp or tls.</param>
public sealed record SipListener(string Transport, IPEndPoint EndPoint);
