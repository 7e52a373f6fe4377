using System.Threading.Channels;

namespace PhoneAgent.Conversation.Calls;

/// <summary>A line on which calls arrive and are placed. Thread-safe.</summary>
public interface IPhoneLine : IAsyncDisposable
{
    /// <summary>Calls that ring. Each must be answered or rejected; one that is not taken in time gets 480.</summary>
    ChannelReader<IIncomingCall> Incoming { get; }

    /// <summary>Opens sockets and registers accounts.</summary>
    /// <exception cref="PhoneLineException">A port is in use, a certificate is missing …: the message names what to change.</exception>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Places a call and waits until it is answered or has failed. Cancelling sends CANCEL.</summary>
    Task<PlaceCallResult> PlaceAsync(PlaceCallRequest request, CancellationToken cancellationToken);

    /// <summary>From now on new calls are refused with 503 and Retry-After; running calls go on.</summary>
    void Drain();
}

/// <summary>A call that rings. Exactly one of the two methods is called, once.</summary>
public interface IIncomingCall
{
    CallInfo Info { get; }

    /// <summary>Answers. Null when the caller gave up first or the offer was not acceptable.</summary>
    Task<ICall?> AnswerAsync(CancellationToken cancellationToken);

    Task RejectAsync(RejectReason reason, CancellationToken cancellationToken);
}

public enum RejectReason
{
    /// <summary>486</summary>
    Busy,
    /// <summary>603</summary>
    Decline,
    /// <summary>404</summary>
    NotFound,
    /// <summary>480</summary>
    Unavailable,
    /// <summary>503 with Retry-After</summary>
    Overloaded,
}

/// <param name="Target">A SIP URI, or a number that the line's configuration completes.</param>
public sealed record PlaceCallRequest(string Target)
{
    /// <summary>The identifier that the call is to have (<see cref="CallInfo.Id"/>); null: the line makes one.</summary>
    public string? Id { get; init; }
    /// <summary>User part or number to present; the account's own by default.</summary>
    public string? CallerId { get; init; }
    public string? DisplayName { get; init; }
    /// <summary>The number that the line vouches for to its operator, beside what is presented (SIP: P-Asserted-Identity, RFC 3325). Digits, with "+" in front where it is international.</summary>
    public string? AssertedNumber { get; init; }
    /// <summary>The other party is not to see who calls (SIP: an anonymous From and Privacy, RFC 3323).</summary>
    public bool IsCallerIdWithheld { get; init; }
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
    /// <summary>The call for whose caller this one is placed; the line says so where it can (SIP: Referred-By, RFC 3892).</summary>
    public ICall? OnBehalfOf { get; init; }
    /// <summary>How long it may ring before we give up.</summary>
    public TimeSpan RingTimeout { get; init; } = TimeSpan.FromSeconds(60);
    /// <summary>Told of 180 and 183, with the call's early media when there is any.</summary>
    public IProgress<CallProgress>? Progress { get; init; }
}

public sealed record CallProgress(int StatusCode, ICallAudio? EarlyMedia);

/// <summary>Either an established <see cref="Call"/>, or why there is none.</summary>
public sealed record PlaceCallResult
{
    private PlaceCallResult(ICall? call, CallEnd? failure) => (Call, Failure) = (call, failure);

    public ICall? Call { get; }
    public CallEnd? Failure { get; }

    public static PlaceCallResult Answered(ICall call) => new(call, null);
    public static PlaceCallResult Failed(CallEnd failure) => new(null, failure);
}

/// <summary>A line that cannot start. The message says what to change.</summary>
public sealed class PhoneLineException : Exception
{
    public PhoneLineException() { }
    public PhoneLineException(string message) : base(message) { }
    public PhoneLineException(string message, Exception inner) : base(message, inner) { }
}
