using System.Threading.Channels;

namespace PhoneAgent.Conversation.Calls;

/// <summary>One established call. Members may be called from any thread; the call is over when <see cref="Signals"/> ends.</summary>
public interface ICall : IAsyncDisposable
{
    CallInfo Info { get; }

    ICallAudio Audio { get; }

    /// <summary>What the other side does. Its last element is always one <see cref="CallSignal.Ended"/>; then it completes.</summary>
    ChannelReader<CallSignal> Signals { get; }

    /// <summary>Ends the call (BYE). Returns when the peer confirmed or the transaction timed out. Safe to call twice.</summary>
    Task HangUpAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Transfers the caller to another party and follows it to its end. The call is still up when the result is not
    /// <see cref="TransferResult.Success"/>.
    /// </summary>
    Task<TransferResult> TransferAsync(TransferRequest request, CancellationToken cancellationToken);

    /// <summary>Sends digits (0-9 * # A-D) one after the other; returns when the last one is out.</summary>
    Task SendDtmfAsync(string digits, CancellationToken cancellationToken);

    /// <summary>Puts the caller on hold, or takes him back. False when the peer refused.</summary>
    Task<bool> SetHoldAsync(bool held, CancellationToken cancellationToken);
}

public enum CallDirection
{
    Inbound,
    Outbound,
}

/// <summary>Who talks to whom. Numbers and names are personal data.</summary>
public sealed record CallInfo
{
    /// <summary>Our identifier of the call: unique, safe in file names, no personal data.</summary>
    public required string Id { get; init; }
    public required CallDirection Direction { get; init; }
    /// <summary>The other party's user part or number, or "anonymous".</summary>
    public required string RemoteParty { get; init; }
    public string? RemoteDisplayName { get; init; }
    /// <summary>The user part or number that was called (inbound) or that we present (outbound).</summary>
    public required string LocalParty { get; init; }
    /// <summary>The Call-ID or what stands for it, to find the call in a capture.</summary>
    public string? ProtocolId { get; init; }
    /// <summary>Headers of the INVITE that the configuration asks to keep, by their full name.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
    /// <summary>What a campaign knows of the contact it calls: <c>{contact.name}</c> in an agent's texts. Data from outside, personal.</summary>
    public IReadOnlyDictionary<string, string> Contact { get; init; } = new Dictionary<string, string>();
    public DateTimeOffset StartedAt { get; init; }
}

/// <summary>Something the other side, or the line, did to an established call.</summary>
public abstract record CallSignal
{
    private CallSignal() { }

    /// <summary>One key, complete. Every source (RFC 4733, SIP INFO, in-band) reports a key press once.</summary>
    public sealed record Dtmf(char Digit, TimeSpan Duration, DtmfSource Source) : CallSignal;

    /// <summary>The other side put us on hold.</summary>
    /// <param name="IsLost">Its connection broke, and it may come back: nothing is to be computed for it for long.</param>
    public sealed record Held(bool IsLost = false) : CallSignal;

    public sealed record Resumed : CallSignal;

    /// <summary>The call was moved to another peer by the other side (REFER that we followed, or Replaces).</summary>
    public sealed record Redirected(string Target) : CallSignal;

    /// <summary>The other side wanted to move the call to where this server may not call; nothing has changed.</summary>
    /// <param name="Reason">The rule that stands against it, and what to do.</param>
    public sealed record RedirectionRefused(string Target, string Reason) : CallSignal;

    /// <summary>The call is over. Always the last signal.</summary>
    public sealed record Ended(CallEnd End) : CallSignal;
}

public enum DtmfSource
{
    Rtp,
    SipInfo,
    InBand,
    /// <summary>A message of a client that is no telephone.</summary>
    Message,
}

/// <summary>Why a call ended, or was never answered.</summary>
public sealed record CallEnd(CallEndCause Cause, EndedBy By, int? StatusCode = null, string? Reason = null)
{
    /// <summary>A rule or limit of our own refused the call at this moment; nothing was sent.</summary>
    public bool IsOurRefusal { get; init; }
}

public enum EndedBy
{
    Caller,
    Agent,
    Network,
}

public enum CallEndCause
{
    /// <summary>A normal BYE or hang-up.</summary>
    HungUp,
    /// <summary>Left to another party by a transfer.</summary>
    Transferred,
    Busy,
    NoAnswer,
    Rejected,
    NotFound,
    Cancelled,
    /// <summary>No RTP for the configured time.</summary>
    MediaTimeout,
    /// <summary>The peer never confirmed (no ACK), or its transport is gone.</summary>
    PeerLost,
    SessionExpired,
    NotAcceptable,
    Unauthorized,
    ShuttingDown,
    /// <summary>Our own rules about whom this server may call; nothing was sent.</summary>
    NotAllowed,
    Failed,
}

public enum TransferKind
{
    /// <summary>REFER to the target, without asking it first.</summary>
    Blind,
    /// <summary>A consultation call first, then REFER with Replaces.</summary>
    Attended,
}

/// <param name="Target">A SIP URI, or a number that the line's configuration completes.</param>
public sealed record TransferRequest(string Target, TransferKind Kind = TransferKind.Blind)
{
    /// <summary>The established consultation call, for <see cref="TransferKind.Attended"/>.</summary>
    public ICall? Consultation { get; init; }

    /// <summary>Go along to the peer, where the line has such a thing: SIP headers of the REFER. Line breaks are refused.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}

/// <param name="StatusCode">The final status of the transfer target (from the sipfrag), or of the REFER itself when refused.</param>
public sealed record TransferResult(bool Success, int? StatusCode, string? Reason)
{
    /// <summary>The caller's phone did not even try: it refused the REFER, or did not answer it.</summary>
    public bool IsRefused { get; init; }
}
