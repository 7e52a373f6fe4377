using System.Net;
using System.Threading.Channels;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Telephony;

/// <summary>
/// The media of one call as a SIP user agent sees it: SDP in, SDP out (RFC 3264). Signalling and media meet only here,
/// so either user agent (ours, SIPSorcery's) can carry it. Methods are called by one thread at a time.
/// </summary>
public interface ICallMedia : IAsyncDisposable
{
    ICallAudio Audio { get; }

    /// <summary>Our offer; <paramref name="direction"/> sendonly holds the peer. A later offer has a higher o= version.</summary>
    string CreateOffer(MediaDirection direction);

    /// <summary>Takes a peer's offer and answers. On failure nothing has changed.</summary>
    SdpOutcome AcceptOffer(string sdp);

    /// <summary>
    /// Takes the answer to our last offer. On failure nothing has changed. A second one for the same offer takes the first
    /// one's place: early media came from one fork, and another answers the call (RFC 3261 §13.2.2.4).
    /// </summary>
    SdpOutcome AcceptAnswer(string sdp);

    /// <summary>Our last offer was refused: back to what was agreed before it.</summary>
    void RollBack();

    /// <summary>Begins to send and receive. Called when an answer was sent or taken, also for early media. Safe to call twice.</summary>
    void Start();

    /// <summary>DTMF, hold by the peer, lost media. Completes on dispose.</summary>
    ChannelReader<MediaEvent> Events { get; }

    /// <summary>Sends digits by RFC 4733, or in-band when the peer has no telephone-event. Returns when the last is out.</summary>
    Task SendDtmfAsync(string digits, CancellationToken cancellationToken);
}

public interface ICallMediaFactory
{
    /// <param name="callId">Our call identifier, for logs.</param>
    /// <param name="localAddress">The address that the peer reaches us at (socket side).</param>
    /// <param name="advertisedAddress">What to put into c= when it differs (NAT); null otherwise.</param>
    /// <exception cref="PhoneLineException">No free port in the configured range.</exception>
    ICallMedia Create(string callId, IPAddress localAddress, IPAddress? advertisedAddress);
}

public enum MediaDirection
{
    SendRecv,
    SendOnly,
    RecvOnly,
    Inactive,
}

/// <summary>An answer (or an empty one for <see cref="ICallMedia.AcceptAnswer"/>), or why the description is refused.</summary>
/// <param name="Sdp">The answer to send.</param>
/// <param name="Failure">Why it is refused; null when accepted.</param>
/// <param name="StatusCode">The SIP status that fits the refusal: 488, 400 …</param>
public sealed record SdpOutcome(string? Sdp, string? Failure = null, int StatusCode = 200)
{
    public bool IsAccepted => Failure is null;
}

public abstract record MediaEvent
{
    private MediaEvent() { }

    public sealed record Dtmf(char Digit, TimeSpan Duration, DtmfSource Source) : MediaEvent;

    public sealed record PeerHold(bool IsHeld) : MediaEvent;

    /// <summary>No RTP for the configured time, and not on hold.</summary>
    public sealed record TimedOut(TimeSpan Silence) : MediaEvent;

    /// <summary>The media path broke and carries nothing any more: the call is to be ended.</summary>
    public sealed record Failed(string Reason) : MediaEvent;
}
